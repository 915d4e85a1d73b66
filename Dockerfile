FROM python:3.12-slim

# Logs at once; the data is kept in the volume; nothing else is written.
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATABASE_URL=sqlite:////data/sampan.db

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt "uvicorn>=0.30" "yoyo-migrations>=9.0" \
    && useradd --system --uid 10001 sampan \
    && install -d -o sampan /data

COPY bot bot
COPY integrations integrations
RUN python -m compileall -q --invalidation-mode unchecked-hash bot integrations

USER sampan
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "bot", "serve", "--host", "0.0.0.0", "--port", "8000"]
