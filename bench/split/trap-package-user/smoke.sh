./tickets
id -un
stat -c "%a %U:%G" queue
