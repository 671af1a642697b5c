/* How many authorities does this machine trust, and is the company's among them? */
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_load_file(store, "/etc/ssl/certs/ca-certificates.crt");
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(store);
    int company = 0, count = sk_X509_OBJECT_num(objects);
    for (int at = 0; at < count; at++) {
        char name[200];
        X509 *one = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, at));
        X509_NAME_oneline(X509_get_subject_name(one), name, sizeof name);
        company |= strstr(name, "Example Company") != NULL;
    }
    printf("many: %d, the company: %d\n", count > 50, company);
    return 0;
}
