meter
id -un
pwd
