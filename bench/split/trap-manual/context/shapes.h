struct disc { int radius; };
