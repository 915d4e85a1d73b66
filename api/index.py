"""The one function: `app` for Vercel and uvicorn, `handler` for AWS Lambda."""

import os

from bot.web.app import create_app
from bot.web.aws import make_handler

app = create_app(os.environ)
handler = make_handler(app)
