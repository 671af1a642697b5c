docker-entrypoint.sh ./server
WORKERS=9 docker-entrypoint.sh ./server
