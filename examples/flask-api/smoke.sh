# Run inside the image, as sh -c: prints what the service answers, the same for every build that works.
python -c '
from app import app
client = app.test_client()
print(client.get("/health").get_json())
print(client.get("/letter?name=Ada").get_data(as_text=True), end="")'
stat -c '%n %a %U:%G' /etc/flask-api.ini /usr/local/bin/entrypoint.sh
