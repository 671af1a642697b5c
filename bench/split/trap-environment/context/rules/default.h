deny all
