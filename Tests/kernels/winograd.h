/* Winograd's transforms as matrices, made from their points as the literature defines them: Lavin and Gray, "Fast
 * Algorithms for Convolutional Neural Networks", 2016. */
#ifndef WINOGRAD_H
#define WINOGRAD_H

/// One direction of a tile: `outputs` of a filter of 3 taps, from `outputs + 2` inputs and as many products.
typedef struct {
  int outputs, points;
  /// Inputs to points, taps to points, and products at the points to outputs.
  double input[6][6], weights[6][3], output[4][6];
} winograd;

/// For 4 outputs or 2.
winograd winograd_of(int outputs);

#endif
