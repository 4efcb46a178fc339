// swift-tools-version:6.0
import Foundation
import PackageDescription

/// `XPL_LIBRARY_ONLY=1` drops the command line, and with it the only package dependency, so that the library
/// builds offline.
let libraryOnly = ProcessInfo.processInfo.environment["XPL_LIBRARY_ONLY"] == "1"

let strict: [SwiftSetting] = [.unsafeFlags(["-warnings-as-errors"])]

let libraryTargets: [Target] = [
  .systemLibrary(name: "COpenBLAS", path: "Sources/COpenBLAS", pkgConfig: "openblas"),
  .systemLibrary(name: "CPNG", path: "Sources/CPNG", pkgConfig: "libpng"),
  .systemLibrary(name: "CTurboJPEG", path: "Sources/CTurboJPEG", pkgConfig: "libturbojpeg"),
  .systemLibrary(name: "CGIF", path: "Sources/CGIF"),
  .systemLibrary(name: "CWebP", path: "Sources/CWebP", pkgConfig: "libwebp"),
  .target(
    name: "CEmbedded", exclude: ["scenes.safetensors", "imagenet.txt"],
    cSettings: [.unsafeFlags(["-std=c23", "-Werror"])]),
  .target(
    name: "ExplainCore",
    dependencies: ["COpenBLAS", "CPNG", "CTurboJPEG", "CGIF", "CWebP", "CEmbedded"],
    swiftSettings: strict),
]

let package = Package(
  name: "ExplainCore",
  products: [
    .library(name: "ExplainCore", targets: ["ExplainCore"])
  ],
  dependencies: libraryOnly
    ? []
    : [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")],
  targets: libraryTargets + [
    .executableTarget(
      name: "xpl-benchmark", dependencies: ["ExplainCore"], path: "benchmarks/xpl-benchmark", swiftSettings: strict),
    .testTarget(
      name: "ExplainCoreTests", dependencies: ["ExplainCore"],
      exclude: ["Goldens"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
