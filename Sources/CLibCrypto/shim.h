#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

// Stacks are macros, which Swift cannot see.

/// How many signers a token has; 0 where it is no signed one.
static inline int evidock_signers(PKCS7 *token) {
    STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(token);
    return signers == NULL ? 0 : sk_PKCS7_SIGNER_INFO_num(signers);
}

/// The certificate of a token's only signer, which stays the token's; NULL where it is not there.
static inline X509 *evidock_signer_certificate(PKCS7 *token) {
    STACK_OF(X509) *found = PKCS7_get0_signers(token, NULL, 0);
    if (found == NULL) return NULL;
    X509 *certificate = sk_X509_num(found) == 1 ? sk_X509_value(found, 0) : NULL;
    sk_X509_free(found);
    return certificate;
}

/// The algorithm of a token's only signature, which stays the token's; NULL where there is none.
static inline const ASN1_OBJECT *evidock_signature_algorithm(PKCS7 *token) {
    if (evidock_signers(token) != 1) return NULL;
    PKCS7_SIGNER_INFO *signer = sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(token), 0);
    X509_ALGOR *algorithm = NULL;
    PKCS7_SIGNER_INFO_get0_algs(signer, NULL, NULL, &algorithm);
    const ASN1_OBJECT *object = NULL;
    if (algorithm != NULL) X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    return object;
}
