import Synchronization

/// How much memory the pictures that go through a model together may take.
///
/// Methods that look at many pictures share each reading of the weights among as many as fit. How many these are depends
/// on the model, the method and this setting alone, never on what the machine has free or on threads, so that results
/// repeat bit for bit. Another setting may change them by roundings.
public enum BatchMemory {
  /// What it begins with: 512 MiB, which hold VGG19's values of 5 pictures with their gradients, and leave room for its
  /// weights in 2 GiB.
  public static let standard = 512 << 20

  private static let setting = Atomic<Int>(standard)

  /// Another setting for a task, for tests.
  @TaskLocal static var forced: Int?

  /// Bytes for the values of a batch, which has one picture at least; 0 sets it back to what it begins with.
  public static var bytes: Int {
    get { forced ?? setting.load(ordering: .relaxed) }
    set { setting.store(newValue > 0 ? newValue : standard, ordering: .relaxed) }
  }
}

extension Classifier {
  /// How many pictures go through the model together: as many as fit `BatchMemory.bytes`, 1 to `most`.
  ///
  /// - Throws: as `bytesPerPicture`.
  func batchSize(atMost most: Int, isDifferentiable: Bool = false) throws -> Int {
    // Of one picture nothing is asked, which spares its plan where the model begins.
    guard most > 1 else { return 1 }
    let bytes = try bytesPerPicture(isDifferentiable: isDifferentiable)
    return min(max(1, BatchMemory.bytes / max(1, bytes)), most)
  }
}
