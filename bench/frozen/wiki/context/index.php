<?php

require __DIR__ . '/vendor/autoload.php';

$store = new Wiki\Store(getenv('WIKI_STORAGE'));
$page = trim($_SERVER['REQUEST_URI'] ?? '/', '/') ?: 'home';
if (($_SERVER['REQUEST_METHOD'] ?? '') === 'POST') {
    $store->write($page, file_get_contents('php://input'));
}
$text = $store->read($page);
if ($text === null) {
    http_response_code(404);
    exit("no such page\n");
}
echo Markup\Text::html($text);
