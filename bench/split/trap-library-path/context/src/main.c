int engine(const char *driver);
int main(int count, char **words) { return engine(words[count - 1]); }
