<?php

require __DIR__ . '/../vendor/autoload.php';

if (Fixtures\Pages::count() < 1000) {
    exit('too few pages');
}
if (Markup\Text::html('a *b*') !== "<p>a <b>b</b></p>\n") {
    exit('markup is broken');
}
