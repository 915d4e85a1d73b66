"""The jobs of the demo: two services that are tested, built and deployed, one that GitLab builds, pull
requests of one repo, and a nightly test, to be broken and mended by whoever plays.
"""

from pathlib import Path

from sandbox.jenkins.changes import Turn
from sandbox.jenkins.jobs import Parameter, Type
from sandbox.jenkins.server import Server

SCRIPTS = Path(__file__).parent / "jobs"
SERVICES = ("hello", "shop")
USER, TOKEN = "sampan", "sandbox-jenkins-token"
TEST_SCRIPTS = {"shop": "failing-test"}

DEPLOY = (
    Parameter("ENVIRONMENT", Type.CHOICE, choices=("staging", "production"), description="Where to"),
    Parameter("VERSION", description="What to deploy; the latest if it is empty"),
    Parameter("SAMPAN_ID", description="Who asked, for Sampan"),
    Parameter("DEBUG", Type.BOOLEAN, description="Show every command"),
)
RELEASE = (  # of a service whose versions GitLab builds
    Parameter("ENVIRONMENT", Type.CHOICE, choices=("staging", "production"), description="Where to"),
    Parameter("VERSION_ID", description="Which version"),
    Parameter("VERSION_PATH", description="Where it lies"),
    Parameter("SAMPAN_ID", description="Who asked, for Sampan"),
)
PULL_REQUEST = tuple(Parameter(name) for name in ("PR_NUMBER", "PR_SHA", "REPO", "SAMPAN_ID"))


def seed(server: Server) -> None:
    """Make the jobs, and the service account that starts them."""
    server.add_user(USER, token=TOKEN)
    for service in SERVICES:
        server.add_job(f"{service}-test", script=script(TEST_SCRIPTS.get(service, "test")))
        server.add_job(f"{service}-build", script=script("build"))
        server.add_job(f"{service}-deploy", script=script("deploy"), parameters=DEPLOY)
    server.add_job("mall-deploy", script=script("deploy"), parameters=RELEASE)
    server.add_job("web-pr", script=script("pr"), parameters=PULL_REQUEST)
    nightly, broken = script("nightly"), script("nightly-broken")
    server.add_job(
        "nightly",
        script=nightly,
        description="夜间回归: every suite against every service, once a night",
        turns={
            "break": Turn("Break it", broken, "购物车改用新的缓存", "wu"),
            "mend": Turn("Mend it", nightly, "缓存里留住最后一件商品", "chen"),
        },
    )


def script(name: str) -> str:
    """The text of one of the scripts beside this file."""
    return (SCRIPTS / f"{name}.sh").read_text(encoding="utf-8")
