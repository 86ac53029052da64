// One of each kind of type and the declarators that printers get wrong. Compiled for both byte orders; see golden/make.
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef __int128 s128;

struct forward_only;
union forward_union;

struct list_head {
  struct list_head *next, *prev;
};

enum color { RED, GREEN = 5, BLUE = -1 };
enum wide { SMALL = 1, HUGE_VALUE = 0x123456789abcdef0ULL };

typedef int (*handler_t)(struct list_head *list, const char *name, ...);
typedef void (*(*returns_handler_t)(int x))(void);

struct bits {
  int a : 3;
  int : 2;
  int b : 2;
  unsigned int c : 25;
  u64 wide : 40;
  char last;
};

struct packed {
  char c;
  u64 value;
  short s;
} __attribute__((packed));

struct holes {
  char c;
  u64 value;
  short s;
  u32 word;
  char tail;
};

union word {
  u32 whole;
  u8 bytes[4];
  struct {
    unsigned short low, high;
  };
};

struct everything {
  struct list_head list;
  enum color color;
  enum wide wide;
  handler_t handler;
  returns_handler_t returns_handler;
  int (*table[3])(void);
  char (*row)[16];
  int matrix[2][3];
  const char *const name;
  volatile const u32 *restrict counter;
  struct forward_only *forward;
  union forward_union *forward_union;
  union word word;
  struct {
    int x;
    struct {
      int y, z;
    } inner;
  } anonymous[2];
  struct bits bits;
  struct packed packed;
  struct holes holes;
  s128 big;
  float f;
  double d;
  _Bool flag;
  u8 __attribute__((btf_type_tag("user"))) *tagged;
  u8 flexible[];
} __attribute__((btf_decl_tag("sample")));

int counter = 7;
static struct everything *everything_used __attribute__((used));
extern int outside(int value);

int function(struct everything *e, int count) { return e->matrix[0][1] + count + outside(count) + counter; }
