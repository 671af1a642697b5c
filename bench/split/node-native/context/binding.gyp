{
  "targets": [{
    "target_name": "digest",
    "sources": ["addon.cc"],
    "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
    "defines": ["NAPI_DISABLE_CPP_EXCEPTIONS"],
    "libraries": ["-lz"]
  }]
}
