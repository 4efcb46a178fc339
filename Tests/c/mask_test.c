/* Learning a mask: options, the explanation and its parts, stopping. The first argument is a folder to write into. */
#include "check.h"

static xpl_model *model;
static xpl_picture *picture;

static xpl_mask_options quick(int32_t iterations) {
  xpl_mask_options options;
  CHECK_OK(xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_BLACKBOX));
  options.iterations = iterations;
  return options;
}

static void check_presets(void) {
  xpl_mask_options options;
  CHECK_OK(xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_BLACKBOX));
  CHECK(options.struct_size == sizeof options && options.preset == XPL_MASK_PRESET_BLACKBOX);
  CHECK(options.iterations == 500 && options.l1_count == 1 && options.l1[0] == 0.01f && options.tv == 0.2f);
  CHECK(options.perturbation_count == 1 && options.perturbations[0] == XPL_PERTURBATION_BLUR);
  CHECK(options.beta1 == 0.9f && options.beta2 == 0.999f && options.mask_width == 28 && options.noise == 0.2f);
  CHECK(options.targets == NULL && options.target_count == 0 && options.replacement == NULL && options.seed == 0);
  CHECK_OK(xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_PAPER));
  CHECK(options.norm == XPL_REDUCTION_SUM && options.coupled == 1 && options.start == XPL_MASK_START_DISC);
  CHECK(options.upsampling == XPL_UPSAMPLING_SMOOTHED && options.jitter == 4);
  CHECK_OK(xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_HYBRID));
  CHECK(options.game == XPL_MASK_GAME_HYBRID && options.l1_count == 3 && options.l1[2] == 1.2f);
  CHECK(options.perturbation_count == 2 && options.perturbations[1] == XPL_PERTURBATION_ZERO);
  CHECK(options.relative == 1 && options.mirrored == 1 && options.shift == 16);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "preset",
      xpl_mask_options_init(&options, sizeof options, (xpl_mask_preset)3));
}

#define REFUSED(field, value, words)                                                             \
  do {                                                                                           \
    xpl_explanation *explanation = POISON;                                                       \
    xpl_mask_options options = quick(1);                                                         \
    options.field = (value);                                                                     \
    CHECK_FAILS(XPL_INVALID_ARGUMENT, words,                                                     \
        xpl_explain_mask(model, picture, &options, NULL, NULL, &explanation));                   \
    CHECK(explanation == NULL);                                                                  \
  } while (0)

static void check_refusals(void) {
  static const int32_t negative[] = {-1}, large[] = {12}, twice[] = {3, 3};
  xpl_mask_options options = quick(1);
  xpl_explanation *explanation = POISON;
  size_t i;
  const struct {
    const int32_t *targets;
    size_t count;
  } targets[] = {{negative, 1}, {large, 1}, {twice, 2}, {NULL, 1}, {large, 1001}, {large, SIZE_MAX}};

  REFUSED(struct_size, 0, "xpl_mask_options");
  REFUSED(struct_size, sizeof(xpl_mask_options) - 1, "288 bytes");
  REFUSED(struct_size, UINT32_MAX, "xpl_mask_options");
  REFUSED(reserved, 1, "reserved");
  REFUSED(preset, (xpl_mask_preset)-1, "preset");
  REFUSED(game, (xpl_mask_game)3, "game");
  REFUSED(perturbation_count, 0, "perturbations");
  REFUSED(perturbation_count, 17, "perturbation_count");
  REFUSED(perturbation_count, INT32_MIN, "perturbation_count");
  REFUSED(perturbations[0], (xpl_perturbation)8, "perturbations");
  REFUSED(perturbations[0], XPL_PERTURBATION_PICTURE, "picture");
  REFUSED(upsampling, (xpl_upsampling)77, "upsampling");
  REFUSED(l1_count, 0, "l1");
  REFUSED(l1_count, 17, "l1_count");
  REFUSED(l1[0], NAN, "l1");
  REFUSED(tv, INFINITY, "tv");
  REFUSED(beta, 0, "beta");
  REFUSED(norm, (xpl_reduction)2, "norm");
  REFUSED(coupled, 2, "coupled");
  REFUSED(score, (xpl_score)3, "score");
  REFUSED(relative, -1, "relative");
  REFUSED(noise, NAN, "noise");
  REFUSED(mask_noise, -1, "mask-noise");
  REFUSED(jitter, 65, "jitter");
  REFUSED(shift, INT32_MAX, "shift");
  REFUSED(mirrored, 3, "mirrored");
  REFUSED(samples, 0, "samples");
  REFUSED(start, (xpl_mask_start)4, "start");
  REFUSED(learning_rate, 0, "learning-rate");
  REFUSED(beta1, 1, "beta1");
  REFUSED(beta2, NAN, "beta2");
  REFUSED(iterations, 0, "iterations");
  REFUSED(iterations, INT32_MAX, "iterations");
  REFUSED(flatness, -0.5f, "flatness");
  REFUSED(sigma, NAN, "sigma");
  REFUSED(median_size, 4, "median-size");
  REFUSED(constant[1], 256, "constant");
  REFUSED(mask_width, 1, "mask-width");
  REFUSED(mask_height, 225, "mask-height");
  for (i = 0; i < sizeof targets / sizeof *targets; ++i) {
    options.targets = targets[i].targets;
    options.target_count = targets[i].count;
    CHECK_FAILS(XPL_INVALID_ARGUMENT, "target",
        xpl_explain_mask(model, picture, &options, NULL, NULL, &explanation));
    CHECK(explanation == NULL);
  }
}

static void check_maps(const xpl_explanation *explanation) {
  static const int32_t sizes[][2] = {{28, 28}, {224, 224}, {300, 200}, {224, 224}};
  int map;
  for (map = XPL_MAP_MASK; map <= XPL_MAP_RAW; ++map) {
    int32_t width = -1, height = -1;
    size_t i, count;
    float *values;
    CHECK_OK(xpl_explanation_map_size(explanation, (xpl_map)map, &width, &height));
    CHECK(width == sizes[map][0] && height == sizes[map][1]);
    CHECK_OK(xpl_explanation_map_size(explanation, (xpl_map)map, NULL, NULL));
    count = (size_t)width * (size_t)height;
    values = malloc(count * sizeof *values);
    CHECK(values != NULL);
    CHECK_FAILS(XPL_INVALID_ARGUMENT, "count",
        xpl_explanation_copy_map(explanation, (xpl_map)map, values, count - 1));
    CHECK_FAILS(XPL_INVALID_ARGUMENT, "count",
        xpl_explanation_copy_map(explanation, (xpl_map)map, values, count + 1));
    CHECK_FAILS(XPL_INVALID_ARGUMENT, "count",
        xpl_explanation_copy_map(explanation, (xpl_map)map, values, SIZE_MAX));
    CHECK_OK(xpl_explanation_copy_map(explanation, (xpl_map)map, values, count));
    for (i = 0; i < count; ++i) CHECK(values[i] >= 0 && values[i] <= 1);
    free(values);
  }
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "map", xpl_explanation_map_size(explanation, (xpl_map)4, NULL, NULL));
}

static void check_renderings(const xpl_explanation *explanation, const char *folder) {
  static const char *const files[] = {"mask", "heatmap", "cam", "perturbated"};
  char path[4096];
  int rendering;
  snprintf(path, sizeof path, "%s/written", folder);
  CHECK_OK(xpl_explanation_write(explanation, path, "disc"));
  CHECK_OK(xpl_explanation_write(explanation, path, NULL));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "slash", xpl_explanation_write(explanation, path, "../disc"));
  for (rendering = XPL_RENDERING_MASK; rendering <= XPL_RENDERING_PERTURBED; ++rendering) {
    static uint8_t rendered[300 * 200 * 3], written[300 * 200 * 3];
    xpl_picture *result = NULL, *file = NULL;
    int32_t width = 0, height = 0;
    CHECK_OK(xpl_explanation_render(explanation, (xpl_rendering)rendering, &result));
    CHECK_OK(xpl_picture_size(result, &width, &height));
    CHECK(width == 300 && height == 200);
    CHECK_OK(xpl_picture_copy_pixels(result, rendered, sizeof rendered));
    snprintf(path, sizeof path, "%s/written/disc-%s.png", folder, files[rendering]);
    CHECK_OK(xpl_picture_read(path, &file));
    CHECK_OK(xpl_picture_copy_pixels(file, written, sizeof written));
    CHECK(memcmp(rendered, written, sizeof written) == 0);
    xpl_picture_free(result);
    xpl_picture_free(file);
    snprintf(path, sizeof path, "%s/written/%s.png", folder, files[rendering]);
    CHECK_OK(xpl_picture_read(path, &file));
    xpl_picture_free(file);
    file = POISON;
    CHECK_FAILS(XPL_INVALID_ARGUMENT, "rendering", xpl_explanation_render(explanation, (xpl_rendering)4, &file));
    CHECK(file == NULL);
  }
  snprintf(path, sizeof path, "%s/written/mask.png/below", folder);
  CHECK_FAILS(XPL_IO, "mask.png", xpl_explanation_write(explanation, path, NULL));
}

static void check_explanation(const char *folder) {
  static const int32_t target[] = {5};
  static const char *const series[] = {"loss", "score", "l1", "tv"};
  xpl_mask_options options = quick(6);
  xpl_explanation *explanation = NULL;
  xpl_picture *explained = disc_picture(300, 200);
  xpl_scored_class top[5];
  xpl_summary summary, earlier;
  const char *name;
  const float *values;
  char *json = NULL;
  size_t i, count;
  const char *target_name;
  xpl_model *freed = NULL;

  CHECK_OK(xpl_model_load("scenes", NULL, &freed));
  CHECK_OK(xpl_classify(freed, explained, 5, top, &count));
  options.targets = target;
  options.target_count = 1;
  options.seed = UINT64_MAX;
  CHECK_OK(xpl_explain_mask(freed, explained, &options, NULL, NULL, &explanation));
  CHECK_OK(xpl_model_class_name(model, 5, &target_name));
  CHECK_OK(xpl_explanation_summary(explanation, sizeof summary, &summary));
  for (i = 0; i < 5; ++i) {
    CHECK(summary.top_before[i].index == top[i].index && summary.top_before[i].probability == top[i].probability);
    CHECK(strcmp(summary.top_before[i].name, top[i].name) == 0);
  }
  /* The explanation outlives its model and its picture. */
  xpl_model_free(freed);
  xpl_picture_free(explained);

  CHECK(summary.struct_size == sizeof summary);
  CHECK(strcmp(summary.method, "mask") == 0 && strcmp(summary.model, "scenes") == 0);
  CHECK(summary.target_count == 1 && summary.targets[0] == 5 && summary.target_given == 1);
  CHECK(strcmp(summary.target_name, target_name) == 0);
  CHECK(summary.iterations == 6 && summary.seed == UINT64_MAX && summary.interrupted == 0);
  CHECK(summary.seconds > 0 && summary.seconds < 600);
  CHECK(summary.top_before_count == 5 && summary.top_after_count == 5);
  CHECK(summary.score_before > 0 && summary.score_before < 1);
  CHECK(summary.score_after > 0 && summary.score_after < 1);
  CHECK(summary.center_x > 0 && summary.center_x < 300 && summary.center_y > 0 && summary.center_y < 200);
  for (i = 0; i < summary.warning_count; ++i) CHECK(summary.warnings[i][0] != '\0');
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "168 bytes", xpl_explanation_summary(explanation, 8, &summary));

  /* A program of an earlier header has a shorter struct. */
  memset(&earlier, 0x55, sizeof earlier);
  CHECK_OK(xpl_explanation_summary(explanation, 152, &earlier));
  CHECK(earlier.struct_size == 152 && earlier.score_after == summary.score_after);
  CHECK(memcmp((char *)&earlier + 152, "\x55\x55", 2) == 0);

  CHECK(summary.history_count == 4);
  for (i = 0; i < 4; ++i) {
    CHECK_OK(xpl_explanation_history(explanation, i, &name, &values, &count));
    CHECK(strcmp(name, series[i]) == 0 && count == 6 && isfinite(values[0]) && isfinite(values[5]));
    CHECK_OK(xpl_explanation_history(explanation, i, NULL, NULL, NULL));
  }
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "4 series", xpl_explanation_history(explanation, 4, &name, &values, &count));
  CHECK(name == NULL && values == NULL && count == 0);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "4 series", xpl_explanation_history(explanation, SIZE_MAX, NULL, NULL, NULL));

  CHECK_OK(xpl_explanation_json(explanation, "d\"isc", &json));
  CHECK(strstr(json, "\"picture\":\"d\\\"isc\"") != NULL && strstr(json, "\"iterations\":6") != NULL);
  xpl_free(json);
  check_maps(explanation);
  check_renderings(explanation, folder);
  xpl_explanation_free(explanation);
}

static int stop_after(const xpl_progress *progress, void *user) {
  int32_t *calls = user;
  CHECK(progress->struct_size == sizeof *progress && progress->steps == 50 && progress->step == *calls + 1);
  CHECK(isfinite(progress->loss) && progress->score > 0 && progress->score < 1);
  ++*calls;
  /* A callback may call the library. */
  CHECK(strcmp(xpl_version(), XPL_VERSION) == 0);
  return *calls == 3;
}

static void check_cancel(void) {
  xpl_mask_options options = quick(50);
  xpl_explanation *explanation = NULL;
  xpl_summary summary;
  int32_t calls = 0;
  CHECK_FAILS(XPL_CANCELLED, "3 iterations",
      xpl_explain_mask(model, picture, &options, stop_after, &calls, &explanation));
  CHECK(calls == 3 && explanation != NULL);
  CHECK_OK(xpl_explanation_summary(explanation, sizeof summary, &summary));
  CHECK(summary.interrupted == 1 && summary.iterations == 3 && summary.target_given == 0);
  check_maps(explanation);
  xpl_explanation_free(explanation);
}

static void check_replacement(void) {
  xpl_mask_options options = quick(2);
  xpl_explanation *explanation = NULL;
  xpl_picture *replacement = disc_picture(50, 60);
  options.perturbations[0] = XPL_PERTURBATION_PICTURE;
  options.replacement = replacement;
  CHECK_OK(xpl_explain_mask(model, picture, &options, NULL, NULL, &explanation));
  xpl_explanation_free(explanation);
  xpl_picture_free(replacement);
}

int main(int argc, char **argv) {
  CHECK(argc > 1);
  CHECK_OK(xpl_model_load("scenes", NULL, &model));
  picture = disc_picture(300, 200);
  check_presets();
  check_refusals();
  check_explanation(argv[1]);
  check_cancel();
  check_replacement();
  xpl_picture_free(picture);
  xpl_model_free(model);
  return 0;
}
