/// How a network keeps its weights: what it trades of memory, time and exactness.
public struct WeightOptions: Sendable, Hashable {
  /// How exactly the weights of fully connected layers are kept; all else is kept, and computed, in 32 bits.
  ///
  /// For one picture these layers take as long as reading their weights does, so that half the bytes are half the time.
  public enum Precision: String, Sendable, CaseIterable {
    /// As they were loaded.
    case float32
    /// Rounded to 11 significant bits; magnitudes from 65,520 on cannot be kept and are an error.
    case float16
    /// Rounded to 8 significant bits, in the range of float32.
    case bfloat16
  }

  /// Whether transformed weights are kept between passes.
  public enum Memory: String, Sendable, CaseIterable {
    /// Keeps the weights of convolutions transformed for Winograd's method, for both directions.
    case fast
    /// Transforms the large ones again in each pass.
    case small
  }

  /// How exactly the weights of fully connected layers are kept.
  public var precision: Precision
  /// Whether transformed weights are kept between passes.
  public var memory: Memory

  /// The options of a network that is to be as exact and as fast as it can.
  public init(precision: Precision = .float32, memory: Memory = .fast) {
    self.precision = precision
    self.memory = memory
  }
}
