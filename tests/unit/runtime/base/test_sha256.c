#include "runtime/base/macros.h"
#include "runtime/base/sha256.h"
#include "runtime/base/str.h"

#include <criterion/criterion.h>
#include <string.h>

static void
expect_hex(const uint8_t digest[SHA256_BYTES], const char *expected)
{
    char digits[2 * SHA256_BYTES + 1] = {0};
    sha256_hex(digest, SHA256_BYTES, digits);
    cr_assert_str_eq(digits, expected);
}

/* NIST, "Examples with Intermediate Values" for FIPS 180-4, and SHA256ShortMsg.rsp of its CAVP. */
Test(sha256, digests_are_those_of_nist)
{
    static const struct {
        const char *text;
        const char *digest;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
         "lmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
        {"\xd3", "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Sha256 sha;
        uint8_t digest[SHA256_BYTES];
        sha256_begin(&sha);
        sha256_add(&sha, cases[i].text, strlen(cases[i].text));
        sha256_end(&sha, digest);
        expect_hex(digest, cases[i].digest);
    }
}

Test(sha256, a_million_letters_in_parts_of_any_size)
{
    char part[1000];
    memset(part, 'a', sizeof(part));
    for (size_t size = 1; size <= sizeof(part); size += 111) {
        Sha256 sha;
        uint8_t digest[SHA256_BYTES];
        sha256_begin(&sha);
        for (size_t done = 0; done < 1000000;) {
            size_t n = 1000000 - done < size ? 1000000 - done : size;
            sha256_add(&sha, part, n);
            done += n;
        }
        sha256_end(&sha, digest);
        expect_hex(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
}

/** `count` times the byte; the key of a test case. */
static void
fill(char *bytes, char byte, size_t count)
{
    memset(bytes, byte, count);
}

/* RFC 4231, section 4, test cases 1 to 4, 6 and 7. */
Test(hmac, digests_are_those_of_rfc_4231)
{
    char keys[6][131];
    char dd[50], cd[50];
    fill(keys[0], 0x0b, 20);
    fill(keys[1], 0, 4);
    memcpy(keys[1], "Jefe", 4);
    fill(keys[2], (char)0xaa, 20);
    for (char i = 0; i < 25; i++) {
        keys[3][(size_t)i] = (char)(i + 1);
    }
    fill(keys[4], (char)0xaa, 131);
    fill(keys[5], (char)0xaa, 131);
    fill(dd, (char)0xdd, sizeof(dd));
    fill(cd, (char)0xcd, sizeof(cd));
    const char *larger = "This is a test using a larger than block-size key and a larger than "
                         "block-size data. The key needs to be hashed before being used by the "
                         "HMAC algorithm.";
    const char *first = "Test Using Larger Than Block-Size Key - Hash Key First";
    const struct {
        size_t n_key;
        const char *data;
        size_t n_data;
        const char *digest;
    } cases[] = {
        {20, "Hi There", 8, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {4, "what do ya want for nothing?", 28,
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {20, dd, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {25, cd, 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {131, first, 54, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {131, larger, 152, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        HmacKey key;
        uint8_t digest[SHA256_BYTES];
        hmac_key_init(&key, keys[i], cases[i].n_key);
        hmac_digest(&key, cases[i].data, cases[i].n_data, digest);
        expect_hex(digest, cases[i].digest);
    }
}
