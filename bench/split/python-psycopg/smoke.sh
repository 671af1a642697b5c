python app.py
python app.py "d'Arc"
id -un; pwd
