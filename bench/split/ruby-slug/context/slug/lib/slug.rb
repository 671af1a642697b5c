require "slug/slug"
