// The page's own words, in the language of the browser.

const zh = {
  lang: "zh-CN", speakAs: "发言人", external: "外部", say: "发送", placeholder: "发消息，例如 /help",
  suggestions: "常用命令", messages: "群消息", robot: "机器人", typing: "正在处理…", image: "[图片]",
  offline: "连接已断开，正在重连…", notSent: "没有发出去，请重试",
};

const en = {
  lang: "en", speakAs: "Speak as", external: "external", say: "Send", placeholder: "Message, such as /help",
  suggestions: "Frequent commands", messages: "Group messages", robot: "Bot", typing: "is working on it…",
  image: "[image]", offline: "Disconnected, trying again…", notSent: "Not sent, please try again",
};

export const words = navigator.language.toLowerCase().startsWith("zh") ? zh : en;
