/* Models by callbacks: a small linear model whose evidence is known, its failures, and what methods make of it. */
#include <pthread.h>

#include "check.h"

enum { SIDE = 32, PIXELS = SIDE * SIDE, CLASSES = 3, THREADS = 8, LIMIT = 4, PASSES = 2000 };

/* A forward pass, and whether its gradient was asked for. */
typedef struct seen {
  uint64_t pass;
  int32_t count, differentiable, walked_back;
  float sum;
} seen;

/* What the callbacks were asked, and what they shall answer. */
typedef struct linear {
  int forward_calls, backward_calls, releases, answer, answer_backward, largest, kept, at_once, most_at_once;
  uint64_t last_pass;
  seen *passes;
  float poison;
  xpl_model *itself;
  xpl_picture *picture;
  pthread_mutex_t counting;
} linear;

/* Class 1 is the light in the upper left quarter, class 2 that in the lower right, class 0 is neither. */
static float weight(int32_t class_index, int32_t y, int32_t x) {
  if (class_index == 1) return y < SIDE / 2 && x < SIDE / 2 ? 4.0f / PIXELS : 0;
  if (class_index == 2) return y >= SIDE / 2 && x >= SIDE / 2 ? 4.0f / PIXELS : 0;
  return 0;
}

static float sum(const xpl_batch *batch) {
  size_t i, count = 3 * PIXELS * (size_t)batch->count;
  float result = 0;
  for (i = 0; i < count; ++i) result += batch->values[i];
  return result;
}

/* Each forward pass has a number of its own. */
static void note_forward(linear *model, const xpl_batch *batch) {
  int i;
  CHECK(model->forward_calls < PASSES);
  for (i = 0; i < model->forward_calls; ++i) CHECK(model->passes[i].pass != batch->pass);
  model->passes[i].pass = batch->pass;
  model->passes[i].count = batch->count;
  model->passes[i].differentiable = batch->differentiable;
  model->passes[i].walked_back = 0;
  model->passes[i].sum = sum(batch);
}

/* A gradient is asked for at most once a pass, after the forward call with that number and the same pixels. */
static void note_backward(linear *model, const xpl_batch *batch) {
  int i = 0;
  while (i < model->forward_calls && model->passes[i].pass != batch->pass) ++i;
  CHECK(i < model->forward_calls);
  CHECK(model->passes[i].count == batch->count && model->passes[i].sum == sum(batch));
  CHECK(model->passes[i].differentiable == 1 && model->passes[i].walked_back == 0);
  model->passes[i].walked_back = 1;
}

static void enter(linear *model, int calls) {
  pthread_mutex_lock(&model->counting);
  model->at_once += calls;
  if (model->at_once > model->most_at_once) model->most_at_once = model->at_once;
  pthread_mutex_unlock(&model->counting);
}

static int forward(const xpl_batch *batch, float *out_scores, void *user) {
  linear *model = user;
  int32_t n, k, channel, y, x;
  enter(model, 1);
  CHECK(batch->struct_size == sizeof *batch && batch->channels == 3 && batch->height == SIDE && batch->width == SIDE);
  CHECK(batch->count >= 1);
  if (batch->count > model->largest) model->largest = batch->count;
  for (n = 0; n < batch->count; ++n)
    for (k = 0; k < CLASSES; ++k) {
      const float *pixel = batch->values + n * 3 * PIXELS;
      double sum = 0;
      for (channel = 0; channel < 3; ++channel)
        for (y = 0; y < SIDE; ++y)
          for (x = 0; x < SIDE; ++x) sum += weight(k, y, x) * *pixel++;
      out_scores[n * CLASSES + k] = (float)sum;
    }
  out_scores[0] += model->poison;
  pthread_mutex_lock(&model->counting);
  note_forward(model, batch);
  ++model->forward_calls;
  model->kept = batch->differentiable;
  model->last_pass = batch->pass;
  pthread_mutex_unlock(&model->counting);
  enter(model, -1);
  return model->answer;
}

static int backward(const xpl_batch *batch, const float *scores_gradient, float *out_gradient, void *user) {
  linear *model = user;
  int32_t n, k, channel, y, x;
  enter(model, 1);
  CHECK(batch->differentiable == 1);
  for (n = 0; n < batch->count; ++n)
    for (channel = 0; channel < 3; ++channel)
      for (y = 0; y < SIDE; ++y)
        for (x = 0; x < SIDE; ++x) {
          float sum = 0;
          for (k = 0; k < CLASSES; ++k) sum += weight(k, y, x) * scores_gradient[n * CLASSES + k];
          *out_gradient++ = sum;
        }
  out_gradient[-1] += model->poison;
  pthread_mutex_lock(&model->counting);
  note_backward(model, batch);
  ++model->backward_calls;
  pthread_mutex_unlock(&model->counting);
  enter(model, -1);
  return model->answer_backward;
}

static void release(void *user) { ++((linear *)user)->releases; }

/* Uses the model that it is part of. */
static int forward_itself(const xpl_batch *batch, float *out_scores, void *user) {
  linear *model = user;
  xpl_scored_class top;
  size_t i;
  for (i = 0; i < CLASSES * (size_t)batch->count; ++i) out_scores[i] = 0;
  if (model->itself == NULL) return XPL_OK;
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "within", xpl_classify(model->itself, model->picture, 1, &top, NULL));
  return XPL_OK;
}

static linear *linear_new(void) {
  linear *model = calloc(1, sizeof *model);
  CHECK(model != NULL && pthread_mutex_init(&model->counting, NULL) == 0);
  model->passes = calloc(PASSES, sizeof *model->passes);
  CHECK(model->passes != NULL);
  return model;
}

static void linear_free(linear *model) {
  free(model->passes);
  free(model);
}

static xpl_model *made(linear *user, xpl_backward_callback with_backward, int32_t limit, int32_t thread_safe) {
  static const char *const names[CLASSES] = {"neither", "upper left", "lower right"};
  xpl_model_callbacks callbacks;
  xpl_model_options options;
  xpl_model *model = NULL;
  CHECK_OK(xpl_model_callbacks_init(&callbacks, sizeof callbacks));
  CHECK_OK(xpl_model_options_init(&options, sizeof options));
  options.width = options.height = SIDE;
  callbacks.class_count = CLASSES;
  callbacks.forward = forward;
  callbacks.backward = with_backward;
  callbacks.user = user;
  callbacks.release = release;
  callbacks.name = "linear";
  callbacks.class_names = names;
  callbacks.batch_limit = limit;
  callbacks.thread_safe = thread_safe;
  CHECK_OK(xpl_model_from_callbacks(&callbacks, &options, &model));
  return model;
}

/* Light in the lower right quarter. */
static xpl_picture *lit(void) {
  static uint8_t gray[PIXELS];
  xpl_picture *picture = NULL;
  int i;
  for (i = 0; i < PIXELS; ++i) gray[i] = i / SIDE >= SIDE / 2 && i % SIDE >= SIDE / 2 ? 250 : 20;
  CHECK_OK(xpl_picture_from_pixels(gray, sizeof gray, SIDE, SIDE, 0, XPL_PIXELS_GRAY, &picture));
  return picture;
}

static xpl_explanation *explained(const xpl_model *model, const xpl_picture *picture, const char *name) {
  xpl_explanation *explanation = NULL;
  xpl_method *method = NULL;
  CHECK_OK(xpl_method_create(name, NULL, &method));
  if (strcmp(name, "mask") == 0) CHECK_OK(xpl_method_set(method, "iterations", "100"));
  if (strcmp(name, "rise") == 0) CHECK_OK(xpl_method_set(method, "masks", "400"));
  if (strcmp(name, "occlusion") == 0) {
    CHECK_OK(xpl_method_set(method, "patch", "8"));
    CHECK_OK(xpl_method_set(method, "stride", "4"));
  }
  CHECK_OK(xpl_explain(model, picture, method, NULL, NULL, &explanation));
  xpl_method_free(method);
  return explanation;
}

static void check_facts(void) {
  linear *user = linear_new();
  xpl_model *model = made(user, NULL, 0, 0);
  xpl_picture *picture = lit();
  xpl_scored_class top[CLASSES];
  const char *name;
  int32_t count, width, height, index;
  size_t found;
  CHECK_OK(xpl_model_name(model, &name));
  CHECK(strcmp(name, "linear") == 0);
  CHECK_OK(xpl_model_class_count(model, &count));
  CHECK(count == CLASSES);
  CHECK_OK(xpl_model_class_index(model, "upper", &index));
  CHECK(index == 1);
  CHECK_OK(xpl_model_input_size(model, &width, &height));
  CHECK(width == SIDE && height == SIDE);
  CHECK_OK(xpl_classify(model, picture, CLASSES, top, &found));
  CHECK(found == CLASSES && top[0].index == 2 && strcmp(top[0].name, "lower right") == 0);
  CHECK(user->forward_calls == 1 && user->kept == 0 && user->last_pass > 0);
  CHECK(user->releases == 0);
  xpl_picture_free(picture);
  xpl_model_free(model);
  CHECK(user->releases == 1);
  linear_free(user);
}

/* A renamed copy shares the callbacks, of which leave is taken with the last of both. */
static void check_release(void) {
  static const char *const names[CLASSES] = {"a", "b", "c"};
  linear *user = linear_new();
  xpl_model *model = made(user, NULL, 0, 0), *renamed = NULL, *again = NULL;
  xpl_picture *picture = lit();
  xpl_scored_class top;
  CHECK_OK(xpl_model_rename_classes(model, names, CLASSES, &renamed));
  xpl_model_free(model);
  CHECK_OK(xpl_classify(renamed, picture, 1, &top, NULL));
  CHECK(top.index == 2 && strcmp(top.name, "c") == 0 && user->forward_calls == 1);
  CHECK_OK(xpl_model_rename_classes(renamed, names, CLASSES, &again));
  xpl_model_free(renamed);
  CHECK(user->releases == 0);
  xpl_model_free(again);
  CHECK(user->releases == 1);
  xpl_picture_free(picture);
  linear_free(user);
}

/* The evidence for the class lies where the model looks: whatever the method, with or without a gradient. */
static void check_methods(void) {
  static const char *const names[] = {"occlusion", "rise", "saliency", "integrated-gradients", "mask"};
  static float map[PIXELS];
  linear *user = linear_new(), *blind = linear_new();
  xpl_model *with = made(user, backward, 0, 0), *without = made(blind, NULL, 0, 0);
  xpl_picture *picture = lit();
  xpl_explanation *explanation;
  xpl_method *method = NULL;
  size_t i, p;
  for (i = 0; i < sizeof names / sizeof *names; ++i) {
    double inside = 0, sum = 0;
    explanation = explained(i < 2 ? without : with, picture, names[i]);
    CHECK_OK(xpl_explanation_copy_map(explanation, XPL_MAP_IMPORTANCE, map, PIXELS));
    for (p = 0; p < PIXELS; ++p) {
      sum += map[p];
      if (p / SIDE >= SIDE / 2 && p % SIDE >= SIDE / 2) inside += map[p];
    }
    /* The quarter has 0.25 by chance. The gradient is 0 elsewhere; coarse masks and patches reach over the edges. */
    CHECK(sum > 0 && inside / sum > (strcmp(names[i], "saliency") == 0 ? 0.999 : 0.6));
    xpl_explanation_free(explanation);
  }
  CHECK(user->backward_calls > 0 && blind->backward_calls == 0 && blind->kept == 0 && blind->largest > LIMIT);
  CHECK_OK(xpl_method_create("saliency", NULL, &method));
  explanation = POISON;
  CHECK_FAILS(XPL_UNSUPPORTED, "no backward", xpl_explain(without, picture, method, NULL, NULL, &explanation));
  CHECK(explanation == NULL);
  xpl_method_free(method);
  CHECK_OK(xpl_method_create("grad-cam", NULL, &method));
  CHECK_FAILS(XPL_UNSUPPORTED, "layers", xpl_explain(with, picture, method, NULL, NULL, &explanation));
  xpl_method_free(method);
  CHECK_OK(xpl_method_create("guided-backprop", NULL, &method));
  CHECK_FAILS(XPL_UNSUPPORTED, "activations", xpl_explain(with, picture, method, NULL, NULL, &explanation));
  xpl_method_free(method);
  xpl_picture_free(picture);
  xpl_model_free(with);
  xpl_model_free(without);
  CHECK(user->releases == 1 && blind->releases == 1);
  linear_free(user);
  linear_free(blind);
}

/* A model that takes few pictures at once gives the same bits. */
static void check_batch_limit(void) {
  static float whole[PIXELS], cut[PIXELS];
  linear *user = linear_new(), *limited = linear_new();
  xpl_model *model = made(user, backward, 0, 0), *small = made(limited, backward, LIMIT, 0);
  xpl_picture *picture = lit();
  xpl_explanation *explanation = explained(model, picture, "integrated-gradients");
  CHECK_OK(xpl_explanation_copy_map(explanation, XPL_MAP_RAW, whole, PIXELS));
  xpl_explanation_free(explanation);
  explanation = explained(small, picture, "integrated-gradients");
  CHECK_OK(xpl_explanation_copy_map(explanation, XPL_MAP_RAW, cut, PIXELS));
  CHECK(memcmp(whole, cut, sizeof whole) == 0);
  CHECK(user->largest > LIMIT && limited->largest == LIMIT);
  xpl_explanation_free(explanation);
  xpl_picture_free(picture);
  xpl_model_free(small);
  xpl_model_free(model);
  linear_free(user);
  linear_free(limited);
}

static void check_failures(void) {
  linear *user = linear_new();
  xpl_model *model = made(user, backward, 0, 0);
  xpl_picture *picture = lit();
  xpl_explanation *explanation = POISON;
  xpl_method *method = NULL;
  xpl_scored_class top;
  size_t count = 7;
  CHECK_OK(xpl_method_create("integrated-gradients", NULL, &method));

  user->answer = 17;
  CHECK_FAILS(XPL_CALLBACK, "forward callback of the model linear returned 17",
      xpl_classify(model, picture, 1, &top, &count));
  CHECK(count == 0);
  /* Statuses of the library are no words of a callback's, but for the one of stopping. */
  user->answer = XPL_IO;
  CHECK_FAILS(XPL_CALLBACK, "returned 2", xpl_classify(model, picture, 1, &top, NULL));
  CHECK_FAILS(XPL_CALLBACK, "returned 2",
      xpl_classify_batch(model, (const xpl_picture *const *)&picture, 1, 1, &top));
  user->answer = XPL_CANCELLED;
  CHECK_FAILS(XPL_CANCELLED, "forward callback", xpl_classify(model, picture, 1, &top, NULL));
  user->answer = -1;
  CHECK_FAILS(XPL_CALLBACK, "returned -1", xpl_explain(model, picture, method, NULL, NULL, &explanation));
  CHECK(explanation == NULL);
  user->answer = XPL_CANCELLED;
  explanation = POISON;
  CHECK_FAILS(XPL_CANCELLED, "forward callback", xpl_explain(model, picture, method, NULL, NULL, &explanation));
  CHECK(explanation == NULL);
  user->answer = XPL_OK;
  user->answer_backward = 1;
  CHECK_FAILS(XPL_CALLBACK, "backward callback of the model linear returned 1",
      xpl_explain(model, picture, method, NULL, NULL, &explanation));
  user->answer_backward = XPL_CANCELLED;
  CHECK_FAILS(XPL_CANCELLED, "backward callback", xpl_explain(model, picture, method, NULL, NULL, &explanation));
  user->answer_backward = XPL_OK;

  user->poison = NAN;
  CHECK_FAILS(XPL_CALLBACK, "not finite", xpl_classify(model, picture, 1, &top, NULL));
  user->poison = INFINITY;
  CHECK_FAILS(XPL_CALLBACK, "not finite", xpl_explain(model, picture, method, NULL, NULL, &explanation));
  user->poison = 0;
  /* The model has come to no harm. */
  CHECK_OK(xpl_explain(model, picture, method, NULL, NULL, &explanation));
  xpl_explanation_free(explanation);
  xpl_method_free(method);
  xpl_picture_free(picture);
  xpl_model_free(model);
  linear_free(user);
}

static void check_itself(void) {
  linear *user = linear_new();
  xpl_picture *picture = lit();
  xpl_model_callbacks callbacks;
  xpl_scored_class top;
  CHECK_OK(xpl_model_callbacks_init(&callbacks, sizeof callbacks));
  callbacks.class_count = CLASSES;
  callbacks.forward = forward_itself;
  callbacks.user = user;
  CHECK_OK(xpl_model_from_callbacks(&callbacks, NULL, &user->itself));
  user->picture = picture;
  CHECK_OK(xpl_classify(user->itself, picture, 1, &top, NULL));
  xpl_picture_free(picture);
  xpl_model_free(user->itself);
  linear_free(user);
}

typedef struct task {
  const xpl_model *model;
  const xpl_picture *picture;
  float map[PIXELS];
} task;

static void *explain_task(void *argument) {
  task *work = argument;
  xpl_explanation *explanation = explained(work->model, work->picture, "integrated-gradients");
  CHECK_OK(xpl_explanation_copy_map(explanation, XPL_MAP_RAW, work->map, PIXELS));
  xpl_explanation_free(explanation);
  return NULL;
}

/* Eight threads use one model: its callbacks see one of them at a time unless they are declared to be thread-safe. */
static void check_threads(int32_t thread_safe) {
  static task tasks[THREADS];
  pthread_t threads[THREADS];
  linear *user = linear_new();
  xpl_model *model = made(user, backward, 0, thread_safe);
  xpl_picture *picture = lit();
  size_t i;
  for (i = 0; i < THREADS; ++i) {
    tasks[i].model = model;
    tasks[i].picture = picture;
    CHECK(pthread_create(&threads[i], NULL, explain_task, &tasks[i]) == 0);
  }
  for (i = 0; i < THREADS; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
  for (i = 1; i < THREADS; ++i) CHECK(memcmp(tasks[i].map, tasks[0].map, sizeof tasks[0].map) == 0);
  if (!thread_safe) CHECK(user->most_at_once == 1);
  xpl_picture_free(picture);
  xpl_model_free(model);
  CHECK(user->releases == 1);
  linear_free(user);
}

#define REFUSED(statement, words)                                                                             \
  do {                                                                                                        \
    static const char *const names[2] = {"a", "\xff"};                                                         \
    xpl_model_callbacks callbacks;                                                                            \
    xpl_model_options options;                                                                                \
    xpl_model *model = POISON;                                                                                \
    linear *user = linear_new();                                                                              \
    (void)names;                                                                                              \
    CHECK_OK(xpl_model_callbacks_init(&callbacks, sizeof callbacks));                                         \
    CHECK_OK(xpl_model_options_init(&options, sizeof options));                                               \
    callbacks.class_count = 2;                                                                                \
    callbacks.forward = forward;                                                                              \
    callbacks.user = user;                                                                                    \
    callbacks.release = release;                                                                              \
    statement;                                                                                                \
    CHECK_FAILS(XPL_INVALID_ARGUMENT, words, xpl_model_from_callbacks(&callbacks, &options, &model));         \
    CHECK(model == NULL && user->releases == 0);                                                              \
    linear_free(user);                                                                                        \
  } while (0)

static void check_arguments(void) {
  struct {
    xpl_model_callbacks known;
    uint8_t later[64];
  } longer;
  xpl_model *model = NULL;

  REFUSED(callbacks.class_count = 0, "class_count is 0");
  REFUSED(callbacks.class_count = INT32_MIN, "class_count");
  REFUSED(callbacks.class_count = 1000001, "1000000");
  REFUSED(callbacks.forward = NULL, "forward is NULL");
  REFUSED(callbacks.batch_limit = -1, "batch_limit");
  REFUSED(callbacks.thread_safe = 2, "thread_safe");
  REFUSED(callbacks.name = "\xff", "name is not UTF-8");
  REFUSED(callbacks.class_names = names, "class_names is not UTF-8");
  REFUSED(options.weights = "x", "weights");
  REFUSED(options.weight_precision = XPL_WEIGHT_PRECISION_FLOAT16, "weight_precision");
  REFUSED(options.memory = XPL_MEMORY_SMALL, "memory");
  REFUSED((options.labels = "x", callbacks.class_names = names), "labels");
  REFUSED((options.width = 5000, options.height = 5000), "4096");
  REFUSED(options.width = 32, "32x0");
  REFUSED(callbacks.struct_size = 0, "xpl_model_callbacks");
  REFUSED(callbacks.struct_size = 63, "xpl_model_callbacks");
  REFUSED(callbacks.struct_size = UINT32_MAX, "xpl_model_callbacks");

  CHECK_OK(xpl_model_callbacks_init(&longer.known, sizeof longer));
  longer.known.class_count = 2;
  longer.known.forward = forward;
  CHECK_OK(xpl_model_from_callbacks(&longer.known, NULL, &model));
  xpl_model_free(model);
  longer.later[0] = 1;
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "does not know", xpl_model_from_callbacks(&longer.known, NULL, &model));
}

int main(void) {
  check_facts();
  check_release();
  check_methods();
  check_batch_limit();
  check_failures();
  check_itself();
  check_threads(0);
  check_threads(1);
  check_arguments();
  return 0;
}
