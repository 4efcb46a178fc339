import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The hash that published weights are named after [FIPS 180-4].
struct SHA256 {
  private static let blockSize = 64
  private static let constants = fractions(of: primes(64)) { cbrt($0) }

  private var state: [UInt32] = SHA256.fractions(of: SHA256.primes(8)) { sqrt($0) }
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  /// The hash of a file.
  ///
  /// - Throws: `.io` with the path and the system's reason.
  static func hexadecimal(ofFileAt path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ExplainError(.io, "cannot open \(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return hash.finish() }
      if count > 0 {
        buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      } else if errno != EINTR {
        throw ExplainError(.io, "cannot read \(path): \(String(cString: strerror(errno)))")
      }
    }
  }

  /// Takes more of the message.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let taken = rest.prefix(SHA256.blockSize - pending.count)
      pending += taken
      rest = rest.dropFirst(taken.count)
      guard pending.count == SHA256.blockSize else { return }
      pending.withUnsafeBytes { SHA256.compress($0, into: &state) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count / SHA256.blockSize * SHA256.blockSize
    SHA256.compress(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)), into: &state)
    pending += rest.dropFirst(whole)
  }

  /// Ends the message; 64 hexadecimal digits.
  mutating func finish() -> String {
    let bits = length &* 8
    let zeros = (119 - Int(length % 64)) % 64
    let padding =
      [0x80] + [UInt8](repeating: 0, count: zeros) + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
    padding.withUnsafeBytes { update($0) }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// Mixes whole blocks into the state.
  private static func compress(_ bytes: UnsafeRawBufferPointer, into state: inout [UInt32]) {
    func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
      constants.withUnsafeBufferPointer { constants in
        for block in stride(from: 0, to: bytes.count, by: blockSize) {
          for i in 0..<16 {
            schedule[i] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: block + 4 * i, as: UInt32.self))
          }
          for i in 16..<64 {
            let (near, far) = (schedule[i - 2], schedule[i - 15])
            let sigma0 = rotated(far, 7) ^ rotated(far, 18) ^ far >> 3
            let sigma1 = rotated(near, 17) ^ rotated(near, 19) ^ near >> 10
            schedule[i] = schedule[i - 16] &+ sigma0 &+ schedule[i - 7] &+ sigma1
          }
          var (a, b, c, d) = (state[0], state[1], state[2], state[3])
          var (e, f, g, h) = (state[4], state[5], state[6], state[7])
          for i in 0..<64 {
            let sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let first = h &+ sum1 &+ ((e & f) ^ (~e & g)) &+ constants[i] &+ schedule[i]
            let sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let second = sum0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
          }
          for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= value }
        }
      }
    }
  }

  /// The first primes: what the standard takes its constants from.
  private static func primes(_ count: Int) -> [Int] {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < count {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes
  }

  /// The first 32 bits of the roots' fractions; double precision holds them exactly.
  private static func fractions(of primes: [Int], _ root: (Double) -> Double) -> [UInt32] {
    primes.map { prime in
      let value = root(Double(prime))
      return UInt32((value - value.rounded(.down)) * 4_294_967_296)
    }
  }
}
