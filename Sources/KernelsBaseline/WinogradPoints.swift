import CKernelShim

// Winograd's F(4x4, 3x3), and F(4x2, 3x3) with 2 outputs across: 4 outputs of a 3-tap filter in each direction from 6 products, those of the polynomials'
// values at the points 0, ±a, ±b and infinity. With a = 5/8 and b = 3/2 the factors are near each other, so that
// rounding errors are half of those with the usual 1 and 2. Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks", 2016; Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd Convolution", 2020.

typealias Vector = kernel_vector

@inline(__always) private var a: Float { 0.625 }
@inline(__always) private var b: Float { 1.5 }
@inline(__always) private var a2: Float { 0.390625 }
@inline(__always) private var b2: Float { 2.25 }
@inline(__always) private var a3: Float { 0.244140625 }
@inline(__always) private var b3: Float { 3.375 }

/// `sum + factor * x`.
@inline(__always)
private func add(_ sum: Vector, _ factor: Float, _ x: Vector) -> Vector {
  kernel_add_product(sum, kernel_repeat(factor), x)
}

typealias SixVectors = (Vector, Vector, Vector, Vector, Vector, Vector)
typealias FourVectors = (Vector, Vector, Vector, Vector)

/// Six values of a signal to the six points: the rows of Bᵀ.
@inline(__always)
func toPoints(_ d: SixVectors) -> SixVectors {
  let (evenA, oddA) = (add(d.4, -b2, d.2), add(d.3, -b2, d.1))
  let (evenB, oddB) = (add(d.4, -a2, d.2), add(d.3, -a2, d.1))
  let (zero, infinity) = (add(d.4, a2 * b2, d.0), add(d.5, a2 * b2, d.1))
  return (
    add(zero, -(a2 + b2), d.2), add(evenA, a, oddA), add(evenA, -a, oddA), add(evenB, b, oddB), add(evenB, -b, oddB),
    add(infinity, -(a2 + b2), d.3)
  )
}

/// Products at the six points to four outputs: the rows of Aᵀ.
@inline(__always)
func fromPoints(_ m: SixVectors) -> FourVectors {
  let (sumA, differenceA) = (m.1 + m.2, m.1 - m.2)
  let (sumB, differenceB) = (m.3 + m.4, m.3 - m.4)
  return (
    m.0 + sumA + sumB, add(kernel_repeat(b) * differenceB, a, differenceA), add(kernel_repeat(b2) * sumB, a2, sumA),
    add(add(m.5, a3, differenceA), b3, differenceB)
  )
}

/// Four values of a signal to the points 0, 1, -1 and infinity.
@inline(__always)
func toPoints(_ d: FourVectors) -> FourVectors { (d.0 - d.2, d.1 + d.2, d.2 - d.1, d.3 - d.1) }

/// Products at these four points to two outputs.
@inline(__always)
func fromPoints(_ m: FourVectors) -> (Vector, Vector) { (m.0 + (m.1 + m.2), m.1 - m.2 + m.3) }

/// Four vectors, `stride` floats apart.
@inline(__always)
func loadFour(_ from: UnsafePointer<Float>, _ stride: Int) -> FourVectors {
  (
    kernel_load(from), kernel_load(from + stride), kernel_load(from + 2 &* stride), kernel_load(from + 3 &* stride)
  )
}

@inline(__always)
func store(_ v: FourVectors, _ to: UnsafeMutablePointer<Float>, _ stride: Int) {
  kernel_store(to, v.0)
  kernel_store(to + stride, v.1)
  kernel_store(to + 2 &* stride, v.2)
  kernel_store(to + 3 &* stride, v.3)
}

/// Six vectors, `stride` floats apart.
@inline(__always)
func loadSix(_ from: UnsafePointer<Float>, _ stride: Int) -> SixVectors {
  (
    kernel_load(from), kernel_load(from + stride), kernel_load(from + 2 &* stride), kernel_load(from + 3 &* stride),
    kernel_load(from + 4 &* stride), kernel_load(from + 5 &* stride)
  )
}

@inline(__always)
func store(_ v: SixVectors, _ to: UnsafeMutablePointer<Float>, _ stride: Int) {
  kernel_store(to, v.0)
  kernel_store(to + stride, v.1)
  kernel_store(to + 2 &* stride, v.2)
  kernel_store(to + 3 &* stride, v.3)
  kernel_store(to + 4 &* stride, v.4)
  kernel_store(to + 5 &* stride, v.5)
}
