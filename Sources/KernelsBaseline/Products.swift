// Written by tools/kernels/generate.py; change that.

import CKernelShim

/// Products of 1 tile with two vectors of outputs; see `ProductKernel`.
@inline(never)
func product1(_ operands: ProductOperands) {
  var (input, panel, next) = (operands.input, operands.panel, operands.next)
  var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
  var left = operands.depth
  while left > 0 {
    for k in 0..<16 {
      let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
      kernel_prefetch(next)
      let value0 = kernel_repeat(input[k])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      panel += kernel_panel
      next += 16
    }
    input += operands.inputStride
    left &-= 16
  }
  let (low, high) = (operands.low, operands.high)
  kernel_store(low, low0)
  kernel_store(high, high0)
}

/// Products of 2 tiles with two vectors of outputs; see `ProductKernel`.
@inline(never)
func product2(_ operands: ProductOperands) {
  var (input, panel, next) = (operands.input, operands.panel, operands.next)
  var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
  var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
  var left = operands.depth
  while left > 0 {
    for k in 0..<16 {
      let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
      kernel_prefetch(next)
      let value0 = kernel_repeat(input[k])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(input[k &+ 16])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      panel += kernel_panel
      next += 16
    }
    input += operands.inputStride
    left &-= 16
  }
  let (low, high) = (operands.low, operands.high)
  kernel_store(low, low0)
  kernel_store(high, high0)
  kernel_store(low + 16, low1)
  kernel_store(high + 16, high1)
}

/// Products of 3 tiles with two vectors of outputs; see `ProductKernel`.
@inline(never)
func product3(_ operands: ProductOperands) {
  var (input, panel, next) = (operands.input, operands.panel, operands.next)
  var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
  var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
  var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
  var left = operands.depth
  while left > 0 {
    for k in 0..<16 {
      let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
      kernel_prefetch(next)
      let value0 = kernel_repeat(input[k])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(input[k &+ 16])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(input[k &+ 32])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      panel += kernel_panel
      next += 16
    }
    input += operands.inputStride
    left &-= 16
  }
  let (low, high) = (operands.low, operands.high)
  kernel_store(low, low0)
  kernel_store(high, high0)
  kernel_store(low + 16, low1)
  kernel_store(high + 16, high1)
  kernel_store(low + 32, low2)
  kernel_store(high + 32, high2)
}

/// Products of 4 tiles with two vectors of outputs; see `ProductKernel`.
@inline(never)
func product4(_ operands: ProductOperands) {
  var (input, panel, next) = (operands.input, operands.panel, operands.next)
  var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
  var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
  var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
  var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
  var left = operands.depth
  while left > 0 {
    for k in 0..<16 {
      let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
      kernel_prefetch(next)
      let value0 = kernel_repeat(input[k])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(input[k &+ 16])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(input[k &+ 32])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(input[k &+ 48])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      panel += kernel_panel
      next += 16
    }
    input += operands.inputStride
    left &-= 16
  }
  let (low, high) = (operands.low, operands.high)
  kernel_store(low, low0)
  kernel_store(high, high0)
  kernel_store(low + 16, low1)
  kernel_store(high + 16, high1)
  kernel_store(low + 32, low2)
  kernel_store(high + 32, high2)
  kernel_store(low + 48, low3)
  kernel_store(high + 48, high3)
}

/// Products of 5 tiles with two vectors of outputs; see `ProductKernel`.
@inline(never)
func product5(_ operands: ProductOperands) {
  var (input, panel, next) = (operands.input, operands.panel, operands.next)
  var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
  var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
  var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
  var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
  var (low4, high4) = (kernel_repeat(0), kernel_repeat(0))
  var left = operands.depth
  while left > 0 {
    for k in 0..<16 {
      let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
      kernel_prefetch(next)
      let value0 = kernel_repeat(input[k])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(input[k &+ 16])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(input[k &+ 32])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(input[k &+ 48])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      let value4 = kernel_repeat(input[k &+ 64])
      low4 = kernel_add_product(low4, value4, low)
      high4 = kernel_add_product(high4, value4, high)
      panel += kernel_panel
      next += 16
    }
    input += operands.inputStride
    left &-= 16
  }
  let (low, high) = (operands.low, operands.high)
  kernel_store(low, low0)
  kernel_store(high, high0)
  kernel_store(low + 16, low1)
  kernel_store(high + 16, high1)
  kernel_store(low + 32, low2)
  kernel_store(high + 32, high2)
  kernel_store(low + 48, low3)
  kernel_store(high + 48, high3)
  kernel_store(low + 64, low4)
  kernel_store(high + 64, high4)
}

/// Products of 6 tiles with two vectors of outputs; see `ProductKernel`.
@inline(never)
func product6(_ operands: ProductOperands) {
  var (input, panel, next) = (operands.input, operands.panel, operands.next)
  var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
  var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
  var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
  var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
  var (low4, high4) = (kernel_repeat(0), kernel_repeat(0))
  var (low5, high5) = (kernel_repeat(0), kernel_repeat(0))
  var left = operands.depth
  while left > 0 {
    for k in 0..<16 {
      let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
      kernel_prefetch(next)
      let value0 = kernel_repeat(input[k])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(input[k &+ 16])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(input[k &+ 32])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(input[k &+ 48])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      let value4 = kernel_repeat(input[k &+ 64])
      low4 = kernel_add_product(low4, value4, low)
      high4 = kernel_add_product(high4, value4, high)
      let value5 = kernel_repeat(input[k &+ 80])
      low5 = kernel_add_product(low5, value5, low)
      high5 = kernel_add_product(high5, value5, high)
      panel += kernel_panel
      next += 16
    }
    input += operands.inputStride
    left &-= 16
  }
  let (low, high) = (operands.low, operands.high)
  kernel_store(low, low0)
  kernel_store(high, high0)
  kernel_store(low + 16, low1)
  kernel_store(high + 16, high1)
  kernel_store(low + 32, low2)
  kernel_store(high + 32, high2)
  kernel_store(low + 48, low3)
  kernel_store(high + 48, high3)
  kernel_store(low + 64, low4)
  kernel_store(high + 64, high4)
  kernel_store(low + 80, low5)
  kernel_store(high + 80, high5)
}

#if KERNELS_AVX512

  /// Tiles of one product kernel, at most.
  var mostTiles: Int { 14 }

  /// Products of 7 tiles with two vectors of outputs; see `ProductKernel`.
  @inline(never)
  func product7(_ operands: ProductOperands) {
    var (input, panel, next) = (operands.input, operands.panel, operands.next)
    var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
    var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
    var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
    var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
    var (low4, high4) = (kernel_repeat(0), kernel_repeat(0))
    var (low5, high5) = (kernel_repeat(0), kernel_repeat(0))
    var (low6, high6) = (kernel_repeat(0), kernel_repeat(0))
    var left = operands.depth
    while left > 0 {
      for k in 0..<16 {
        let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
        kernel_prefetch(next)
        let value0 = kernel_repeat(input[k])
        low0 = kernel_add_product(low0, value0, low)
        high0 = kernel_add_product(high0, value0, high)
        let value1 = kernel_repeat(input[k &+ 16])
        low1 = kernel_add_product(low1, value1, low)
        high1 = kernel_add_product(high1, value1, high)
        let value2 = kernel_repeat(input[k &+ 32])
        low2 = kernel_add_product(low2, value2, low)
        high2 = kernel_add_product(high2, value2, high)
        let value3 = kernel_repeat(input[k &+ 48])
        low3 = kernel_add_product(low3, value3, low)
        high3 = kernel_add_product(high3, value3, high)
        let value4 = kernel_repeat(input[k &+ 64])
        low4 = kernel_add_product(low4, value4, low)
        high4 = kernel_add_product(high4, value4, high)
        let value5 = kernel_repeat(input[k &+ 80])
        low5 = kernel_add_product(low5, value5, low)
        high5 = kernel_add_product(high5, value5, high)
        let value6 = kernel_repeat(input[k &+ 96])
        low6 = kernel_add_product(low6, value6, low)
        high6 = kernel_add_product(high6, value6, high)
        panel += kernel_panel
        next += 16
      }
      input += operands.inputStride
      left &-= 16
    }
    let (low, high) = (operands.low, operands.high)
    kernel_store(low, low0)
    kernel_store(high, high0)
    kernel_store(low + 16, low1)
    kernel_store(high + 16, high1)
    kernel_store(low + 32, low2)
    kernel_store(high + 32, high2)
    kernel_store(low + 48, low3)
    kernel_store(high + 48, high3)
    kernel_store(low + 64, low4)
    kernel_store(high + 64, high4)
    kernel_store(low + 80, low5)
    kernel_store(high + 80, high5)
    kernel_store(low + 96, low6)
    kernel_store(high + 96, high6)
  }

  /// Products of 8 tiles with two vectors of outputs; see `ProductKernel`.
  @inline(never)
  func product8(_ operands: ProductOperands) {
    var (input, panel, next) = (operands.input, operands.panel, operands.next)
    var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
    var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
    var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
    var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
    var (low4, high4) = (kernel_repeat(0), kernel_repeat(0))
    var (low5, high5) = (kernel_repeat(0), kernel_repeat(0))
    var (low6, high6) = (kernel_repeat(0), kernel_repeat(0))
    var (low7, high7) = (kernel_repeat(0), kernel_repeat(0))
    var left = operands.depth
    while left > 0 {
      for k in 0..<16 {
        let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
        kernel_prefetch(next)
        let value0 = kernel_repeat(input[k])
        low0 = kernel_add_product(low0, value0, low)
        high0 = kernel_add_product(high0, value0, high)
        let value1 = kernel_repeat(input[k &+ 16])
        low1 = kernel_add_product(low1, value1, low)
        high1 = kernel_add_product(high1, value1, high)
        let value2 = kernel_repeat(input[k &+ 32])
        low2 = kernel_add_product(low2, value2, low)
        high2 = kernel_add_product(high2, value2, high)
        let value3 = kernel_repeat(input[k &+ 48])
        low3 = kernel_add_product(low3, value3, low)
        high3 = kernel_add_product(high3, value3, high)
        let value4 = kernel_repeat(input[k &+ 64])
        low4 = kernel_add_product(low4, value4, low)
        high4 = kernel_add_product(high4, value4, high)
        let value5 = kernel_repeat(input[k &+ 80])
        low5 = kernel_add_product(low5, value5, low)
        high5 = kernel_add_product(high5, value5, high)
        let value6 = kernel_repeat(input[k &+ 96])
        low6 = kernel_add_product(low6, value6, low)
        high6 = kernel_add_product(high6, value6, high)
        let value7 = kernel_repeat(input[k &+ 112])
        low7 = kernel_add_product(low7, value7, low)
        high7 = kernel_add_product(high7, value7, high)
        panel += kernel_panel
        next += 16
      }
      input += operands.inputStride
      left &-= 16
    }
    let (low, high) = (operands.low, operands.high)
    kernel_store(low, low0)
    kernel_store(high, high0)
    kernel_store(low + 16, low1)
    kernel_store(high + 16, high1)
    kernel_store(low + 32, low2)
    kernel_store(high + 32, high2)
    kernel_store(low + 48, low3)
    kernel_store(high + 48, high3)
    kernel_store(low + 64, low4)
    kernel_store(high + 64, high4)
    kernel_store(low + 80, low5)
    kernel_store(high + 80, high5)
    kernel_store(low + 96, low6)
    kernel_store(high + 96, high6)
    kernel_store(low + 112, low7)
    kernel_store(high + 112, high7)
  }

  /// Products of 9 tiles with two vectors of outputs; see `ProductKernel`.
  @inline(never)
  func product9(_ operands: ProductOperands) {
    var (input, panel, next) = (operands.input, operands.panel, operands.next)
    var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
    var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
    var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
    var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
    var (low4, high4) = (kernel_repeat(0), kernel_repeat(0))
    var (low5, high5) = (kernel_repeat(0), kernel_repeat(0))
    var (low6, high6) = (kernel_repeat(0), kernel_repeat(0))
    var (low7, high7) = (kernel_repeat(0), kernel_repeat(0))
    var (low8, high8) = (kernel_repeat(0), kernel_repeat(0))
    var left = operands.depth
    while left > 0 {
      for k in 0..<16 {
        let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
        kernel_prefetch(next)
        let value0 = kernel_repeat(input[k])
        low0 = kernel_add_product(low0, value0, low)
        high0 = kernel_add_product(high0, value0, high)
        let value1 = kernel_repeat(input[k &+ 16])
        low1 = kernel_add_product(low1, value1, low)
        high1 = kernel_add_product(high1, value1, high)
        let value2 = kernel_repeat(input[k &+ 32])
        low2 = kernel_add_product(low2, value2, low)
        high2 = kernel_add_product(high2, value2, high)
        let value3 = kernel_repeat(input[k &+ 48])
        low3 = kernel_add_product(low3, value3, low)
        high3 = kernel_add_product(high3, value3, high)
        let value4 = kernel_repeat(input[k &+ 64])
        low4 = kernel_add_product(low4, value4, low)
        high4 = kernel_add_product(high4, value4, high)
        let value5 = kernel_repeat(input[k &+ 80])
        low5 = kernel_add_product(low5, value5, low)
        high5 = kernel_add_product(high5, value5, high)
        let value6 = kernel_repeat(input[k &+ 96])
        low6 = kernel_add_product(low6, value6, low)
        high6 = kernel_add_product(high6, value6, high)
        let value7 = kernel_repeat(input[k &+ 112])
        low7 = kernel_add_product(low7, value7, low)
        high7 = kernel_add_product(high7, value7, high)
        let value8 = kernel_repeat(input[k &+ 128])
        low8 = kernel_add_product(low8, value8, low)
        high8 = kernel_add_product(high8, value8, high)
        panel += kernel_panel
        next += 16
      }
      input += operands.inputStride
      left &-= 16
    }
    let (low, high) = (operands.low, operands.high)
    kernel_store(low, low0)
    kernel_store(high, high0)
    kernel_store(low + 16, low1)
    kernel_store(high + 16, high1)
    kernel_store(low + 32, low2)
    kernel_store(high + 32, high2)
    kernel_store(low + 48, low3)
    kernel_store(high + 48, high3)
    kernel_store(low + 64, low4)
    kernel_store(high + 64, high4)
    kernel_store(low + 80, low5)
    kernel_store(high + 80, high5)
    kernel_store(low + 96, low6)
    kernel_store(high + 96, high6)
    kernel_store(low + 112, low7)
    kernel_store(high + 112, high7)
    kernel_store(low + 128, low8)
    kernel_store(high + 128, high8)
  }

  /// Products of 10 tiles with two vectors of outputs; see `ProductKernel`.
  @inline(never)
  func product10(_ operands: ProductOperands) {
    var (input, panel, next) = (operands.input, operands.panel, operands.next)
    var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
    var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
    var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
    var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
    var (low4, high4) = (kernel_repeat(0), kernel_repeat(0))
    var (low5, high5) = (kernel_repeat(0), kernel_repeat(0))
    var (low6, high6) = (kernel_repeat(0), kernel_repeat(0))
    var (low7, high7) = (kernel_repeat(0), kernel_repeat(0))
    var (low8, high8) = (kernel_repeat(0), kernel_repeat(0))
    var (low9, high9) = (kernel_repeat(0), kernel_repeat(0))
    var left = operands.depth
    while left > 0 {
      for k in 0..<16 {
        let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
        kernel_prefetch(next)
        let value0 = kernel_repeat(input[k])
        low0 = kernel_add_product(low0, value0, low)
        high0 = kernel_add_product(high0, value0, high)
        let value1 = kernel_repeat(input[k &+ 16])
        low1 = kernel_add_product(low1, value1, low)
        high1 = kernel_add_product(high1, value1, high)
        let value2 = kernel_repeat(input[k &+ 32])
        low2 = kernel_add_product(low2, value2, low)
        high2 = kernel_add_product(high2, value2, high)
        let value3 = kernel_repeat(input[k &+ 48])
        low3 = kernel_add_product(low3, value3, low)
        high3 = kernel_add_product(high3, value3, high)
        let value4 = kernel_repeat(input[k &+ 64])
        low4 = kernel_add_product(low4, value4, low)
        high4 = kernel_add_product(high4, value4, high)
        let value5 = kernel_repeat(input[k &+ 80])
        low5 = kernel_add_product(low5, value5, low)
        high5 = kernel_add_product(high5, value5, high)
        let value6 = kernel_repeat(input[k &+ 96])
        low6 = kernel_add_product(low6, value6, low)
        high6 = kernel_add_product(high6, value6, high)
        let value7 = kernel_repeat(input[k &+ 112])
        low7 = kernel_add_product(low7, value7, low)
        high7 = kernel_add_product(high7, value7, high)
        let value8 = kernel_repeat(input[k &+ 128])
        low8 = kernel_add_product(low8, value8, low)
        high8 = kernel_add_product(high8, value8, high)
        let value9 = kernel_repeat(input[k &+ 144])
        low9 = kernel_add_product(low9, value9, low)
        high9 = kernel_add_product(high9, value9, high)
        panel += kernel_panel
        next += 16
      }
      input += operands.inputStride
      left &-= 16
    }
    let (low, high) = (operands.low, operands.high)
    kernel_store(low, low0)
    kernel_store(high, high0)
    kernel_store(low + 16, low1)
    kernel_store(high + 16, high1)
    kernel_store(low + 32, low2)
    kernel_store(high + 32, high2)
    kernel_store(low + 48, low3)
    kernel_store(high + 48, high3)
    kernel_store(low + 64, low4)
    kernel_store(high + 64, high4)
    kernel_store(low + 80, low5)
    kernel_store(high + 80, high5)
    kernel_store(low + 96, low6)
    kernel_store(high + 96, high6)
    kernel_store(low + 112, low7)
    kernel_store(high + 112, high7)
    kernel_store(low + 128, low8)
    kernel_store(high + 128, high8)
    kernel_store(low + 144, low9)
    kernel_store(high + 144, high9)
  }

  /// Products of 11 tiles with two vectors of outputs; see `ProductKernel`.
  @inline(never)
  func product11(_ operands: ProductOperands) {
    var (input, panel, next) = (operands.input, operands.panel, operands.next)
    var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
    var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
    var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
    var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
    var (low4, high4) = (kernel_repeat(0), kernel_repeat(0))
    var (low5, high5) = (kernel_repeat(0), kernel_repeat(0))
    var (low6, high6) = (kernel_repeat(0), kernel_repeat(0))
    var (low7, high7) = (kernel_repeat(0), kernel_repeat(0))
    var (low8, high8) = (kernel_repeat(0), kernel_repeat(0))
    var (low9, high9) = (kernel_repeat(0), kernel_repeat(0))
    var (low10, high10) = (kernel_repeat(0), kernel_repeat(0))
    var left = operands.depth
    while left > 0 {
      for k in 0..<16 {
        let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
        kernel_prefetch(next)
        let value0 = kernel_repeat(input[k])
        low0 = kernel_add_product(low0, value0, low)
        high0 = kernel_add_product(high0, value0, high)
        let value1 = kernel_repeat(input[k &+ 16])
        low1 = kernel_add_product(low1, value1, low)
        high1 = kernel_add_product(high1, value1, high)
        let value2 = kernel_repeat(input[k &+ 32])
        low2 = kernel_add_product(low2, value2, low)
        high2 = kernel_add_product(high2, value2, high)
        let value3 = kernel_repeat(input[k &+ 48])
        low3 = kernel_add_product(low3, value3, low)
        high3 = kernel_add_product(high3, value3, high)
        let value4 = kernel_repeat(input[k &+ 64])
        low4 = kernel_add_product(low4, value4, low)
        high4 = kernel_add_product(high4, value4, high)
        let value5 = kernel_repeat(input[k &+ 80])
        low5 = kernel_add_product(low5, value5, low)
        high5 = kernel_add_product(high5, value5, high)
        let value6 = kernel_repeat(input[k &+ 96])
        low6 = kernel_add_product(low6, value6, low)
        high6 = kernel_add_product(high6, value6, high)
        let value7 = kernel_repeat(input[k &+ 112])
        low7 = kernel_add_product(low7, value7, low)
        high7 = kernel_add_product(high7, value7, high)
        let value8 = kernel_repeat(input[k &+ 128])
        low8 = kernel_add_product(low8, value8, low)
        high8 = kernel_add_product(high8, value8, high)
        let value9 = kernel_repeat(input[k &+ 144])
        low9 = kernel_add_product(low9, value9, low)
        high9 = kernel_add_product(high9, value9, high)
        let value10 = kernel_repeat(input[k &+ 160])
        low10 = kernel_add_product(low10, value10, low)
        high10 = kernel_add_product(high10, value10, high)
        panel += kernel_panel
        next += 16
      }
      input += operands.inputStride
      left &-= 16
    }
    let (low, high) = (operands.low, operands.high)
    kernel_store(low, low0)
    kernel_store(high, high0)
    kernel_store(low + 16, low1)
    kernel_store(high + 16, high1)
    kernel_store(low + 32, low2)
    kernel_store(high + 32, high2)
    kernel_store(low + 48, low3)
    kernel_store(high + 48, high3)
    kernel_store(low + 64, low4)
    kernel_store(high + 64, high4)
    kernel_store(low + 80, low5)
    kernel_store(high + 80, high5)
    kernel_store(low + 96, low6)
    kernel_store(high + 96, high6)
    kernel_store(low + 112, low7)
    kernel_store(high + 112, high7)
    kernel_store(low + 128, low8)
    kernel_store(high + 128, high8)
    kernel_store(low + 144, low9)
    kernel_store(high + 144, high9)
    kernel_store(low + 160, low10)
    kernel_store(high + 160, high10)
  }

  /// Products of 12 tiles with two vectors of outputs; see `ProductKernel`.
  @inline(never)
  func product12(_ operands: ProductOperands) {
    var (input, panel, next) = (operands.input, operands.panel, operands.next)
    var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
    var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
    var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
    var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
    var (low4, high4) = (kernel_repeat(0), kernel_repeat(0))
    var (low5, high5) = (kernel_repeat(0), kernel_repeat(0))
    var (low6, high6) = (kernel_repeat(0), kernel_repeat(0))
    var (low7, high7) = (kernel_repeat(0), kernel_repeat(0))
    var (low8, high8) = (kernel_repeat(0), kernel_repeat(0))
    var (low9, high9) = (kernel_repeat(0), kernel_repeat(0))
    var (low10, high10) = (kernel_repeat(0), kernel_repeat(0))
    var (low11, high11) = (kernel_repeat(0), kernel_repeat(0))
    var left = operands.depth
    while left > 0 {
      for k in 0..<16 {
        let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
        kernel_prefetch(next)
        let value0 = kernel_repeat(input[k])
        low0 = kernel_add_product(low0, value0, low)
        high0 = kernel_add_product(high0, value0, high)
        let value1 = kernel_repeat(input[k &+ 16])
        low1 = kernel_add_product(low1, value1, low)
        high1 = kernel_add_product(high1, value1, high)
        let value2 = kernel_repeat(input[k &+ 32])
        low2 = kernel_add_product(low2, value2, low)
        high2 = kernel_add_product(high2, value2, high)
        let value3 = kernel_repeat(input[k &+ 48])
        low3 = kernel_add_product(low3, value3, low)
        high3 = kernel_add_product(high3, value3, high)
        let value4 = kernel_repeat(input[k &+ 64])
        low4 = kernel_add_product(low4, value4, low)
        high4 = kernel_add_product(high4, value4, high)
        let value5 = kernel_repeat(input[k &+ 80])
        low5 = kernel_add_product(low5, value5, low)
        high5 = kernel_add_product(high5, value5, high)
        let value6 = kernel_repeat(input[k &+ 96])
        low6 = kernel_add_product(low6, value6, low)
        high6 = kernel_add_product(high6, value6, high)
        let value7 = kernel_repeat(input[k &+ 112])
        low7 = kernel_add_product(low7, value7, low)
        high7 = kernel_add_product(high7, value7, high)
        let value8 = kernel_repeat(input[k &+ 128])
        low8 = kernel_add_product(low8, value8, low)
        high8 = kernel_add_product(high8, value8, high)
        let value9 = kernel_repeat(input[k &+ 144])
        low9 = kernel_add_product(low9, value9, low)
        high9 = kernel_add_product(high9, value9, high)
        let value10 = kernel_repeat(input[k &+ 160])
        low10 = kernel_add_product(low10, value10, low)
        high10 = kernel_add_product(high10, value10, high)
        let value11 = kernel_repeat(input[k &+ 176])
        low11 = kernel_add_product(low11, value11, low)
        high11 = kernel_add_product(high11, value11, high)
        panel += kernel_panel
        next += 16
      }
      input += operands.inputStride
      left &-= 16
    }
    let (low, high) = (operands.low, operands.high)
    kernel_store(low, low0)
    kernel_store(high, high0)
    kernel_store(low + 16, low1)
    kernel_store(high + 16, high1)
    kernel_store(low + 32, low2)
    kernel_store(high + 32, high2)
    kernel_store(low + 48, low3)
    kernel_store(high + 48, high3)
    kernel_store(low + 64, low4)
    kernel_store(high + 64, high4)
    kernel_store(low + 80, low5)
    kernel_store(high + 80, high5)
    kernel_store(low + 96, low6)
    kernel_store(high + 96, high6)
    kernel_store(low + 112, low7)
    kernel_store(high + 112, high7)
    kernel_store(low + 128, low8)
    kernel_store(high + 128, high8)
    kernel_store(low + 144, low9)
    kernel_store(high + 144, high9)
    kernel_store(low + 160, low10)
    kernel_store(high + 160, high10)
    kernel_store(low + 176, low11)
    kernel_store(high + 176, high11)
  }

  /// Products of 13 tiles with two vectors of outputs; see `ProductKernel`.
  @inline(never)
  func product13(_ operands: ProductOperands) {
    var (input, panel, next) = (operands.input, operands.panel, operands.next)
    var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
    var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
    var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
    var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
    var (low4, high4) = (kernel_repeat(0), kernel_repeat(0))
    var (low5, high5) = (kernel_repeat(0), kernel_repeat(0))
    var (low6, high6) = (kernel_repeat(0), kernel_repeat(0))
    var (low7, high7) = (kernel_repeat(0), kernel_repeat(0))
    var (low8, high8) = (kernel_repeat(0), kernel_repeat(0))
    var (low9, high9) = (kernel_repeat(0), kernel_repeat(0))
    var (low10, high10) = (kernel_repeat(0), kernel_repeat(0))
    var (low11, high11) = (kernel_repeat(0), kernel_repeat(0))
    var (low12, high12) = (kernel_repeat(0), kernel_repeat(0))
    var left = operands.depth
    while left > 0 {
      for k in 0..<16 {
        let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
        kernel_prefetch(next)
        let value0 = kernel_repeat(input[k])
        low0 = kernel_add_product(low0, value0, low)
        high0 = kernel_add_product(high0, value0, high)
        let value1 = kernel_repeat(input[k &+ 16])
        low1 = kernel_add_product(low1, value1, low)
        high1 = kernel_add_product(high1, value1, high)
        let value2 = kernel_repeat(input[k &+ 32])
        low2 = kernel_add_product(low2, value2, low)
        high2 = kernel_add_product(high2, value2, high)
        let value3 = kernel_repeat(input[k &+ 48])
        low3 = kernel_add_product(low3, value3, low)
        high3 = kernel_add_product(high3, value3, high)
        let value4 = kernel_repeat(input[k &+ 64])
        low4 = kernel_add_product(low4, value4, low)
        high4 = kernel_add_product(high4, value4, high)
        let value5 = kernel_repeat(input[k &+ 80])
        low5 = kernel_add_product(low5, value5, low)
        high5 = kernel_add_product(high5, value5, high)
        let value6 = kernel_repeat(input[k &+ 96])
        low6 = kernel_add_product(low6, value6, low)
        high6 = kernel_add_product(high6, value6, high)
        let value7 = kernel_repeat(input[k &+ 112])
        low7 = kernel_add_product(low7, value7, low)
        high7 = kernel_add_product(high7, value7, high)
        let value8 = kernel_repeat(input[k &+ 128])
        low8 = kernel_add_product(low8, value8, low)
        high8 = kernel_add_product(high8, value8, high)
        let value9 = kernel_repeat(input[k &+ 144])
        low9 = kernel_add_product(low9, value9, low)
        high9 = kernel_add_product(high9, value9, high)
        let value10 = kernel_repeat(input[k &+ 160])
        low10 = kernel_add_product(low10, value10, low)
        high10 = kernel_add_product(high10, value10, high)
        let value11 = kernel_repeat(input[k &+ 176])
        low11 = kernel_add_product(low11, value11, low)
        high11 = kernel_add_product(high11, value11, high)
        let value12 = kernel_repeat(input[k &+ 192])
        low12 = kernel_add_product(low12, value12, low)
        high12 = kernel_add_product(high12, value12, high)
        panel += kernel_panel
        next += 16
      }
      input += operands.inputStride
      left &-= 16
    }
    let (low, high) = (operands.low, operands.high)
    kernel_store(low, low0)
    kernel_store(high, high0)
    kernel_store(low + 16, low1)
    kernel_store(high + 16, high1)
    kernel_store(low + 32, low2)
    kernel_store(high + 32, high2)
    kernel_store(low + 48, low3)
    kernel_store(high + 48, high3)
    kernel_store(low + 64, low4)
    kernel_store(high + 64, high4)
    kernel_store(low + 80, low5)
    kernel_store(high + 80, high5)
    kernel_store(low + 96, low6)
    kernel_store(high + 96, high6)
    kernel_store(low + 112, low7)
    kernel_store(high + 112, high7)
    kernel_store(low + 128, low8)
    kernel_store(high + 128, high8)
    kernel_store(low + 144, low9)
    kernel_store(high + 144, high9)
    kernel_store(low + 160, low10)
    kernel_store(high + 160, high10)
    kernel_store(low + 176, low11)
    kernel_store(high + 176, high11)
    kernel_store(low + 192, low12)
    kernel_store(high + 192, high12)
  }

  /// Products of 14 tiles with two vectors of outputs; see `ProductKernel`.
  @inline(never)
  func product14(_ operands: ProductOperands) {
    var (input, panel, next) = (operands.input, operands.panel, operands.next)
    var (low0, high0) = (kernel_repeat(0), kernel_repeat(0))
    var (low1, high1) = (kernel_repeat(0), kernel_repeat(0))
    var (low2, high2) = (kernel_repeat(0), kernel_repeat(0))
    var (low3, high3) = (kernel_repeat(0), kernel_repeat(0))
    var (low4, high4) = (kernel_repeat(0), kernel_repeat(0))
    var (low5, high5) = (kernel_repeat(0), kernel_repeat(0))
    var (low6, high6) = (kernel_repeat(0), kernel_repeat(0))
    var (low7, high7) = (kernel_repeat(0), kernel_repeat(0))
    var (low8, high8) = (kernel_repeat(0), kernel_repeat(0))
    var (low9, high9) = (kernel_repeat(0), kernel_repeat(0))
    var (low10, high10) = (kernel_repeat(0), kernel_repeat(0))
    var (low11, high11) = (kernel_repeat(0), kernel_repeat(0))
    var (low12, high12) = (kernel_repeat(0), kernel_repeat(0))
    var (low13, high13) = (kernel_repeat(0), kernel_repeat(0))
    var left = operands.depth
    while left > 0 {
      for k in 0..<16 {
        let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))
        kernel_prefetch(next)
        let value0 = kernel_repeat(input[k])
        low0 = kernel_add_product(low0, value0, low)
        high0 = kernel_add_product(high0, value0, high)
        let value1 = kernel_repeat(input[k &+ 16])
        low1 = kernel_add_product(low1, value1, low)
        high1 = kernel_add_product(high1, value1, high)
        let value2 = kernel_repeat(input[k &+ 32])
        low2 = kernel_add_product(low2, value2, low)
        high2 = kernel_add_product(high2, value2, high)
        let value3 = kernel_repeat(input[k &+ 48])
        low3 = kernel_add_product(low3, value3, low)
        high3 = kernel_add_product(high3, value3, high)
        let value4 = kernel_repeat(input[k &+ 64])
        low4 = kernel_add_product(low4, value4, low)
        high4 = kernel_add_product(high4, value4, high)
        let value5 = kernel_repeat(input[k &+ 80])
        low5 = kernel_add_product(low5, value5, low)
        high5 = kernel_add_product(high5, value5, high)
        let value6 = kernel_repeat(input[k &+ 96])
        low6 = kernel_add_product(low6, value6, low)
        high6 = kernel_add_product(high6, value6, high)
        let value7 = kernel_repeat(input[k &+ 112])
        low7 = kernel_add_product(low7, value7, low)
        high7 = kernel_add_product(high7, value7, high)
        let value8 = kernel_repeat(input[k &+ 128])
        low8 = kernel_add_product(low8, value8, low)
        high8 = kernel_add_product(high8, value8, high)
        let value9 = kernel_repeat(input[k &+ 144])
        low9 = kernel_add_product(low9, value9, low)
        high9 = kernel_add_product(high9, value9, high)
        let value10 = kernel_repeat(input[k &+ 160])
        low10 = kernel_add_product(low10, value10, low)
        high10 = kernel_add_product(high10, value10, high)
        let value11 = kernel_repeat(input[k &+ 176])
        low11 = kernel_add_product(low11, value11, low)
        high11 = kernel_add_product(high11, value11, high)
        let value12 = kernel_repeat(input[k &+ 192])
        low12 = kernel_add_product(low12, value12, low)
        high12 = kernel_add_product(high12, value12, high)
        let value13 = kernel_repeat(input[k &+ 208])
        low13 = kernel_add_product(low13, value13, low)
        high13 = kernel_add_product(high13, value13, high)
        panel += kernel_panel
        next += 16
      }
      input += operands.inputStride
      left &-= 16
    }
    let (low, high) = (operands.low, operands.high)
    kernel_store(low, low0)
    kernel_store(high, high0)
    kernel_store(low + 16, low1)
    kernel_store(high + 16, high1)
    kernel_store(low + 32, low2)
    kernel_store(high + 32, high2)
    kernel_store(low + 48, low3)
    kernel_store(high + 48, high3)
    kernel_store(low + 64, low4)
    kernel_store(high + 64, high4)
    kernel_store(low + 80, low5)
    kernel_store(high + 80, high5)
    kernel_store(low + 96, low6)
    kernel_store(high + 96, high6)
    kernel_store(low + 112, low7)
    kernel_store(high + 112, high7)
    kernel_store(low + 128, low8)
    kernel_store(high + 128, high8)
    kernel_store(low + 144, low9)
    kernel_store(high + 144, high9)
    kernel_store(low + 160, low10)
    kernel_store(high + 160, high10)
    kernel_store(low + 176, low11)
    kernel_store(high + 176, high11)
    kernel_store(low + 192, low12)
    kernel_store(high + 192, high12)
    kernel_store(low + 208, low13)
    kernel_store(high + 208, high13)
  }

  /// The kernel for `tiles` tiles.
  @inline(__always)
  func product(_ tiles: Int, _ operands: ProductOperands) {
    switch tiles {
    case 1: product1(operands)
    case 2: product2(operands)
    case 3: product3(operands)
    case 4: product4(operands)
    case 5: product5(operands)
    case 6: product6(operands)
    case 7: product7(operands)
    case 8: product8(operands)
    case 9: product9(operands)
    case 10: product10(operands)
    case 11: product11(operands)
    case 12: product12(operands)
    case 13: product13(operands)
    default: product14(operands)
    }
  }

#else

  /// Tiles of one product kernel, at most.
  var mostTiles: Int { 6 }

  /// The kernel for `tiles` tiles.
  @inline(__always)
  func product(_ tiles: Int, _ operands: ProductOperands) {
    switch tiles {
    case 1: product1(operands)
    case 2: product2(operands)
    case 3: product3(operands)
    case 4: product4(operands)
    case 5: product5(operands)
    default: product6(operands)
    }
  }

#endif
