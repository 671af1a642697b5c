require "slug"
File.foreach(ARGV.fetch(0), chomp: true) { |title| puts Slug.slug(title) }
