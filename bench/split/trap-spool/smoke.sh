./spool
stat -c "%n %a" in out
