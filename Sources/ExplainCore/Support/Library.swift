/// Facts about the library as a whole.
public enum Library {
  /// Major, minor and patch number [semantic versioning].
  public static let version = "0.1.0"
}
