"""The one function: `app` for Vercel and uvicorn, `handler` for AWS Lambda."""

import gc
import os

from bot.web.app import create_app
from bot.web.aws import make_handler

app = create_app(os.environ)
handler = make_handler(app)

# What was imported lives as long as the process; the collector need not walk through it again and again.
gc.freeze()
