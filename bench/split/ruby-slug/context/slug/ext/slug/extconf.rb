require "mkmf"
create_makefile("slug/slug")
