Gem::Specification.new do |spec|
  spec.name = "slug"
  spec.version = "0.2.0"
  spec.summary = "Slugs of titles"
  spec.authors = ["The example"]
  spec.files = Dir["lib/**/*.rb", "ext/**/*.{c,rb}"]
  spec.extensions = ["ext/slug/extconf.rb"]
  spec.executables = ["slug"]
  spec.files += ["bin/slug"]
  spec.bindir = "bin"
end
