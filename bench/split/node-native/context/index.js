const { sum } = require("bindings")("digest");
console.log(sum("hello").toString(16));
