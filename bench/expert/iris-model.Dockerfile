FROM python:3.11-slim

RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY train.py predict.py measurements.csv ./
RUN python train.py && chmod 444 model.joblib
COPY --chmod=755 predict.sh /usr/local/bin/predict

ENTRYPOINT ["predict"]
