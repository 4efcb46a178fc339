/* Structs of other sizes than the library's: of programs that were made with an earlier header, or with a later one. */
#include "check.h"

/* Room for a struct of a header to come. */
typedef struct later {
  union {
    xpl_model_options model;
    xpl_model_callbacks callbacks;
    xpl_mask_options mask;
    xpl_tensor tensor;
    xpl_summary summary;
    uint32_t struct_size;
    uint8_t bytes[1024];
  } as;
} later;

static xpl_model *model;
static xpl_picture *picture;
static xpl_explanation *explanation;

/* Functions that fill a struct of the caller's, whose size they are given. */
static xpl_status init_model(void *target, size_t size) { return xpl_model_options_init(target, size); }
static xpl_status init_callbacks(void *target, size_t size) { return xpl_model_callbacks_init(target, size); }
static xpl_status init_mask(void *target, size_t size) {
  return xpl_mask_options_init(target, size, XPL_MASK_PRESET_PAPER);
}
static xpl_status get_preprocessing(void *target, size_t size) { return xpl_model_preprocessing(model, size, target); }
static xpl_status get_tensor(void *target, size_t size) { return xpl_model_tensor(model, 0, size, target); }
static xpl_status get_summary(void *target, size_t size) { return xpl_explanation_summary(explanation, size, target); }

/* Functions that read a struct of the caller's. */
static xpl_status load(const later *options) {
  xpl_model *made = POISON;
  xpl_status status = xpl_model_load("scenes", &options->as.model, &made);
  CHECK((status == XPL_OK) == (made != NULL));
  xpl_model_free(made);
  return status;
}

static int forward(const xpl_batch *batch, float *out_scores, void *user) {
  (void)user;
  memset(out_scores, 0, 2 * (size_t)batch->count * sizeof *out_scores);
  return XPL_OK;
}

static xpl_status make(const later *callbacks) {
  xpl_model *made = POISON;
  later copy = *callbacks;
  xpl_status status;
  copy.as.callbacks.class_count = 2;
  copy.as.callbacks.forward = forward;
  status = xpl_model_from_callbacks(&copy.as.callbacks, NULL, &made);
  CHECK((status == XPL_OK) == (made != NULL));
  xpl_model_free(made);
  return status;
}

static xpl_status learn(const later *options) {
  xpl_explanation *made = POISON;
  later copy = *options;
  xpl_status status;
  copy.as.mask.iterations = 1;
  status = xpl_explain_mask(model, picture, &copy.as.mask, NULL, NULL, &made);
  CHECK((status == XPL_OK) == (made != NULL));
  xpl_explanation_free(made);
  return status;
}

/* `first` is the size in the first header, which programs may have for ever; `now` is that of this one. */
static const struct kind {
  const char *name;
  size_t first, now;
  xpl_status (*fill)(void *target, size_t size);
  xpl_status (*read)(const later *source);
} kinds[] = {
    {"xpl_model_options", 72, sizeof(xpl_model_options), init_model, load},
    {"xpl_model_options", 72, sizeof(xpl_model_options), get_preprocessing, load},
    {"xpl_model_callbacks", 64, sizeof(xpl_model_callbacks), init_callbacks, make},
    {"xpl_mask_options", 288, sizeof(xpl_mask_options), init_mask, learn},
    {"xpl_tensor", 40, sizeof(xpl_tensor), get_tensor, NULL},
    {"xpl_summary", 152, sizeof(xpl_summary), get_summary, NULL},
};

/* What cannot be a struct's size is refused, and nothing is written. */
static void check_no_sizes(const struct kind *kind) {
  const size_t sizes[] = {0, 1, 4, kind->first - 1, 65537, UINT32_MAX, SIZE_MAX / 2 + 1, SIZE_MAX};
  later target, untouched;
  size_t i;
  memset(&target, 0x55, sizeof target);
  untouched = target;
  for (i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
    char words[64];
    snprintf(words, sizeof words, "a size of %zu for", sizes[i]);
    CHECK_FAILS(XPL_INVALID_ARGUMENT, kind->name, kind->fill(&target, sizes[i]));
    CHECK(strstr(xpl_last_error(), words) != NULL);
    CHECK(memcmp(&target, &untouched, sizeof target) == 0);
    if (kind->read != NULL && sizes[i] <= UINT32_MAX) {
      CHECK_OK(kind->fill(&target, kind->now));
      target.as.struct_size = (uint32_t)sizes[i];
      CHECK_FAILS(XPL_INVALID_ARGUMENT, kind->name, kind->read(&target));
      target = untouched;
    }
  }
}

/* A program of the first header: no byte beyond its struct is written or read. */
static void check_first(const struct kind *kind) {
  later whole, target;
  size_t i;
  memset(&whole, 0, sizeof whole);
  CHECK_OK(kind->fill(&whole, kind->now));
  memset(&target, 0x55, sizeof target);
  CHECK_OK(kind->fill(&target, kind->first));
  CHECK(target.as.struct_size == kind->first);
  CHECK(memcmp(target.as.bytes + 4, whole.as.bytes + 4, kind->first - 4) == 0);
  for (i = kind->first; i < sizeof target; ++i) CHECK(target.as.bytes[i] == 0x55);
  if (kind->read != NULL) CHECK_OK(kind->read(&target));
}

/* A program of a later header: what this library does not know becomes zero, and must stay so. */
static void check_later(const struct kind *kind) {
  const size_t ends[] = {kind->now, sizeof(later) / 2, sizeof(later) - 1};
  later target;
  size_t i;
  memset(&target, 0x55, sizeof target);
  CHECK_OK(kind->fill(&target, sizeof target));
  CHECK(target.as.struct_size == sizeof target);
  for (i = kind->now; i < sizeof target; ++i) CHECK(target.as.bytes[i] == 0);
  if (kind->read == NULL) return;
  CHECK_OK(kind->read(&target));
  for (i = 0; i < sizeof ends / sizeof *ends; ++i) {
    target.as.bytes[ends[i]] = 1;
    CHECK_FAILS(XPL_INVALID_ARGUMENT, "does not know", kind->read(&target));
    target.as.bytes[ends[i]] = 0;
  }
  CHECK_OK(kind->read(&target));
}

int main(void) {
  xpl_method *method = NULL;
  size_t i;
  model = small_scenes();
  picture = disc_picture(64, 48);
  CHECK_OK(xpl_method_create("saliency", NULL, &method));
  CHECK_OK(xpl_explain(model, picture, method, NULL, NULL, &explanation));
  for (i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    check_no_sizes(&kinds[i]);
    check_first(&kinds[i]);
    check_later(&kinds[i]);
  }
  xpl_explanation_free(explanation);
  xpl_method_free(method);
  xpl_picture_free(picture);
  xpl_model_free(model);
  return 0;
}
