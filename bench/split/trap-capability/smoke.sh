low || echo "may not"
id -un
