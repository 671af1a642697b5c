./desk
stat -c "%n %a %U:%G" . *
