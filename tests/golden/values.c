// More than twenty structs, and what C puts into them: `decode` has to print these values again from the bytes of .data, in both
// byte orders, and what it prints has to compile to the same bytes (with -DDECODED="file"). See golden/make.
#define INFINITY __builtin_inf()
#define NAN __builtin_nan("")
typedef signed char s8;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;
typedef __int128 s128;
typedef unsigned __int128 u128;
typedef u32 be32;
typedef const be32 fixed_be32;

enum color { RED, GREEN = 5, BLUE = -1 };
enum unsigned_color { WHITE, BLACK = 0x80000000 };
enum tiny { NONE, SOME = 200 } __attribute__((packed));
enum wide { SMALL = 1, HUGE_VALUE = 0x123456789abcdef0ULL };
enum negative_wide { FAR_BELOW = -0x123456789abcdefLL, ABOVE = 0x7fffffffffffffffLL };
enum access { READ = 1, WRITE = 2, EXECUTE = 4, ALL = 7 };

struct integers {
  s8 tiny;
  u8 byte;
  short low;
  u16 high;
  int negative;
  u32 large;
  long smallest;
  unsigned long largest;
  s64 minus_two;
  u64 odd;
};
struct bools {
  _Bool yes, no, many[3];
};
struct bits {
  int negative : 3;
  int : 2;
  int positive : 2;
  u32 wide : 25;
  u64 across : 40;
  s64 lowest : 24;
  _Bool flag : 1;
  enum color color : 4;
  u8 last : 3;
};
struct full_bits {
  u64 all : 64;
  s64 most : 63;
};
struct packed_bits {
  u8 first : 5;
  u32 crossing : 29;
  s64 unaligned : 37;
  int tail : 9;
} __attribute__((packed));
struct packed {
  char c;
  u64 value;
  short s;
  enum color color;
  double d;
} __attribute__((packed));
struct point {
  int x, y;
};
struct line {
  struct point from, to;
  struct {
    int width;
    struct {
      u8 red, green, blue;
    } color;
  } style;
};
struct arrays {
  int matrix[2][3];
  short cube[2][2][2];
  enum color colors[3];
  const char *names[2];
};
struct polygon {
  u32 count;
  struct point points[3];
  struct line lines[2];
};
union word {
  u32 whole;
  u16 halves[2];
  u8 bytes[4];
};
struct words {
  union word word, words[2];
};
struct tagged {
  int tag;
  union {
    double real;
    u64 bits;
    struct {
      u32 low;
      union {
        u32 high;
        float part;
      };
    };
  };
  struct {
    int behind;
  };
};
struct enums {
  enum color red, blue, unknown;
  enum unsigned_color black;
  enum tiny some;
  enum wide small, huge, none;
  enum negative_wide below, above, nowhere;
};
struct flags {
  enum access one, two, all, other;
};
struct wide_integers {
  s128 minus_one, below;
  u128 above, small;
};
struct floats {
  float tenth, third, million, minus_zero, tiny, largest, infinite;
};
struct doubles {
  double tenth, third, huge, minus_zero, tiny, one, infinite, nan;
};
// pahole writes int[2][3] as int[6]; of char[2][8] it would make one string.
struct strings {
  char empty[4], name[16], full[4], inner[8], escaped[16], digits[8], utf8[8];
};
struct bytes {
  u8 mac[6], address[16];
  s8 differences[4];
};
struct pointers {
  void *nothing, *something;
  const struct point *point;
  int (*function)(const struct point *, const char *, ...);
  char (*row)[16];
  struct {
    int inner;
  } *anonymous;
};
typedef struct {
  fixed_be32 address;
  volatile int counter;
} anonymous_t;
struct typedefs {
  anonymous_t value;
  const anonymous_t values[2];
};
struct sparse {
  u32 table[1000];
  struct point points[40];
  u8 end;
};
struct empty {};
struct aligned {
  char c;
  int wide __attribute__((aligned(32)));
  struct empty empty;
  struct empty empties[2];
  u16 last;
};
struct nested_zero {
  struct {
    int zero, one;
  } inner;
  struct point none;
};

struct all {
  struct integers integers;
  struct bools bools;
  struct bits bits;
  struct full_bits full_bits;
  struct packed_bits packed_bits;
  struct packed packed;
  struct line line;
  struct arrays arrays;
  struct polygon polygon;
  struct words words;
  struct tagged tagged;
  struct enums enums;
  struct flags flags;
  struct wide_integers wide_integers;
  struct floats floats;
  struct doubles doubles;
  struct strings strings;
  struct bytes bytes;
  struct pointers pointers;
  struct typedefs typedefs;
  struct sparse sparse;
  struct aligned aligned;
  struct nested_zero nested_zero;
};

struct message {
  u16 length;
  u8 kind;
  struct point points[];
};

#ifdef DECODED
struct all values =
#include DECODED
    ;
#else
struct all values = {
    .integers = {-128, 255, -32768, 65535, -1, 4000000000, -0x7fffffffffffffff - 1, ~0UL, -2, 9007199254740993},
    .bools = {1, 0, {1, 0, 1}},
    .bits = {-1, 1, 0x1234567, 0xfedcba9876, -0x800000, 1, BLUE, 5},
    .full_bits = {0xfedcba9876543210, -2},
    .packed_bits = {21, 0x12345678, -3, -200},
    .packed = {'A', 0x0102030405060708, -2, GREEN, 2.5},
    .line = {{1, -1}, {2, -2}, {3, {0xff, 0, 0x80}}},
    .arrays = {{{1, 2, 3}, {4, 5, 6}}, {{{1, 2}, {3, 4}}, {{5, 6}, {7, 0}}}, {RED, GREEN, BLUE}, {(char *)0x1000, 0}},
    .polygon = {3, {{1, 2}, {}, {0, 6}}, {{}, {.to = {7, 8}}}},
    .words = {{.whole = 0x01020304}, {{.halves = {1, 2}}, {.bytes = {1, 2, 3, 4}}}},
    .tagged = {.tag = 1, .bits = 0x123456783f800000, .behind = 9},
    .enums = {RED, BLUE, 7, BLACK, SOME, SMALL, HUGE_VALUE, 99, FAR_BELOW, ABOVE, -5},
    .flags = {WRITE, READ | EXECUTE, ALL, 9},
    .wide_integers = {-1, -((s128)1 << 100), (u128)0x0123456789abcdef << 64 | 0xfedcba9876543210, 12345},
    .floats = {0.1f, 1 / 3.0f, 1e6f, -0.0f, 1e-45f, 3.40282347e38f, -INFINITY},
    .doubles = {0.1, 1 / 3.0, 1e22, -0.0, 5e-324, 1, INFINITY, NAN},
    .strings = {"", "eth0", "full", "a\0b\0c", "\"\\\n\x01" "a?\x7f", "0123456", "\xc3\xbc\xff\xe2\x82\xac"},
    .bytes = {{0, 0x16, 0x3e, 'A', 'B', 0}, {[15] = 1}, {1, -1, 127, -128}},
    .pointers = {0, (void *)0x1234, (void *)0xffff888000000000, (void *)0xffffffff81000000, (void *)16, (void *)32},
    .typedefs = {{0x7f000001, -1}, {{1, 2}, {3, 4}}},
    .sparse = {{1, 0, 0, 2, [500] = 3, [998] = 4}, {[7] = {1, 2}, [30] = {3, 4}}, 5},
    .aligned = {'c', 7, {}, {}, 65535},
    .nested_zero = {{0, 1}, {0, 0}},
};
struct message message __attribute__((section(".message"))) = {0x1234, 7, {{1, 2}, {3, -4}, {}, {5, 6}}};
#endif
