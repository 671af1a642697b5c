<?php

namespace Wiki;

final class Store
{
    public function __construct(private string $folder)
    {
    }

    public function read(string $page): ?string
    {
        $path = $this->folder . '/pages/' . basename($page) . '.txt';
        return is_file($path) ? file_get_contents($path) : null;
    }

    public function write(string $page, string $text): void
    {
        file_put_contents($this->folder . '/pages/' . basename($page) . '.txt', $text);
    }
}
