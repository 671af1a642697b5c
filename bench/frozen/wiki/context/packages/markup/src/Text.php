<?php

namespace Markup;

final class Text
{
    public static function html(string $text): string
    {
        $safe = htmlspecialchars(trim($text));
        return '<p>' . preg_replace('/\*(\w+)\*/', '<b>$1</b>', $safe) . "</p>\n";
    }
}
