"""Where an answer may go: a sender chooses the sessionWebhook, so it is believed only on known hosts."""

import pytest

from integrations.dingtalk.protocol import webhook_allowed

HOSTS = ["oapi.dingtalk.com", "api.dingtalk.com", "127.0.0.1:8080", "[::1]:8080", "chat.corp.example:8443"]

GOOD = [
    "https://oapi.dingtalk.com/robot/sendBySession?session=0123",
    "https://api.dingtalk.com/robot/sendBySession?session=0123",
    "https://oapi.dingtalk.com:443/robot/send?access_token=t",
    "https://OAPI.DingTalk.com/robot/send",
    "HTTPS://oapi.dingtalk.com/robot/send",
    "http://127.0.0.1:8080/robot/sendBySession?session=0",
    "https://127.0.0.1:8080/robot",
    "http://[::1]:8080/robot",
    "https://chat.corp.example:8443/robot",
]

BAD = [
    "",
    "oapi.dingtalk.com",
    "//oapi.dingtalk.com/robot",
    "https:oapi.dingtalk.com/robot",
    "https:///oapi.dingtalk.com/robot",
    "https://",
    # not TLS
    "http://oapi.dingtalk.com/robot/sendBySession?session=0",
    "http://chat.corp.example:8443/robot",
    "ftp://oapi.dingtalk.com/robot",
    "file:///etc/passwd",
    "javascript://oapi.dingtalk.com/%0aalert(1)",
    # another host
    "https://evil.example/robot/sendBySession?session=0",
    "https://oapi.dingtalk.com.evil.example/robot",
    "https://evil-oapi.dingtalk.com/robot",
    "https://sub.oapi.dingtalk.com/robot",
    "https://dingtalk.com/robot",
    "https://oapi.dingtalk.com./robot",
    "https://evil.example?oapi.dingtalk.com",
    "https://evil.example#oapi.dingtalk.com",
    "https://evil.example/oapi.dingtalk.com",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/robot",
    # somebody before the host
    "https://oapi.dingtalk.com@evil.example/robot",
    "https://evil.example@oapi.dingtalk.com/robot",
    "https://a:b@oapi.dingtalk.com/robot",
    "https://@oapi.dingtalk.com/robot",
    "https://oapi.dingtalk.com:443@evil.example/robot",
    # another port
    "https://oapi.dingtalk.com:80/robot",
    "https://oapi.dingtalk.com:8443/robot",
    "https://oapi.dingtalk.com:99999/robot",
    "https://oapi.dingtalk.com:-443/robot",
    "https://oapi.dingtalk.com:https/robot",
    "https://oapi.dingtalk.com:４４３/robot",
    "https://chat.corp.example/robot",
    "https://chat.corp.example:443/robot",
    "http://127.0.0.1/robot",
    "http://127.0.0.1:8081/robot",
    # other names of loopback
    "http://localhost:8080/robot",
    "http://127.1:8080/robot",
    "http://127.0.0.2:8080/robot",
    "http://2130706433:8080/robot",
    "http://0x7f000001:8080/robot",
    "http://0.0.0.0:8080/robot",
    "http://[::]:8080/robot",
    "http://[::1]/robot",
    "http://[::ffff:127.0.0.1]:8080/robot",
    "http://[0:0:0:0:0:0:0:1]:8080/robot",
    # characters
    "https://oapi.dingtalk.com\\@evil.example/robot",
    "https://evil.example\\@oapi.dingtalk.com/robot",
    "https:\\\\oapi.dingtalk.com\\robot",
    "https://oapi.dingtalk.com/robot\\x",
    "https://oapi.dingtalk.com/robot\r\nHost: evil.example",
    "https://oapi.dingtalk.com/robot x",
    "https://oapi.dingtalk.com\t/robot",
    "\nhttps://oapi.dingtalk.com/robot",
    " https://oapi.dingtalk.com/robot",
    "https://oapi.dingtalk.com/robot\u3000",
    "https://oapi.dingtalk.com/robot\x00",
    "https://oapi.dingtalk.com%2eevil.example/robot",
    "https://oapi%2edingtalk%2ecom/robot",
    "https://oapi.dingtalk.com%00.evil.example/robot",
    "https://oapi.dingtalk.com%40evil.example/robot",
    "https://oapi.dingtalk.com%2F@evil.example/robot",
    "https://oapi。dingtalk。com/robot",
    "https://ｏapi.dingtalk.com/robot",
    "https://оapi.dingtalk.com/robot",
    "https://[oapi.dingtalk.com/robot",
    "https://oapi.dingtalk.com]/robot",
    "https://evil.example\u2100oapi.dingtalk.com/robot",
]


@pytest.mark.parametrize("url", GOOD)
def test_good(url: str) -> None:
    assert webhook_allowed(url, HOSTS)


@pytest.mark.parametrize("url", BAD)
def test_bad(url: str) -> None:
    assert not webhook_allowed(url, HOSTS)


@pytest.mark.parametrize("url", GOOD)
def test_nothing_is_good_when_no_host_is(url: str) -> None:
    assert not webhook_allowed(url, [])
    assert not webhook_allowed(url, [""])
