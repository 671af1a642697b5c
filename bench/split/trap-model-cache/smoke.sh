python speak.py
id -un
