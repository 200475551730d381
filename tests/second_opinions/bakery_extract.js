// Ask Mozilla's bakery what is baked into a picture: node bakery_extract.js MODULES PICTURE, prints the text.
const fs = require('fs');
const path = require('path');
const [modules, picture] = process.argv.slice(2);
const bakery = require(path.join(modules, 'openbadges-bakery'));

bakery.extract(fs.readFileSync(picture), (error, text) => {
  if (error) {
    console.error(error.message);
    process.exit(1);
  }
  process.stdout.write(typeof text === 'string' ? text : JSON.stringify(text));
});
