// swift-tools-version:6.0
import Foundation
import PackageDescription

/// `XPL_LIBRARY_ONLY=1` drops the command line, and with it the only package dependency, so that the library
/// builds offline.
let libraryOnly = ProcessInfo.processInfo.environment["XPL_LIBRARY_ONLY"] == "1"

let strict: [SwiftSetting] = [.unsafeFlags(["-warnings-as-errors"])]

/// The library does without regular expressions, which would otherwise be linked into it.
let lean = strict + [.unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])]

/// The kernels are one source, compiled for several instruction sets, of which one is chosen at run time.
///
/// Sources/KernelsAVX2 and Sources/KernelsAVX512 hold links. The baseline's name sorts first, and so it is linked first:
/// should a symbol ever be shared, it is the one that every processor can run.
///
/// No cross-module optimization: it would compile their functions again, with another target's instruction set.
let kernelSettings = lean + [.unsafeFlags(["-Ounchecked", "-disable-cmo"])]

let baselineKernels: Target = .target(
  name: "KernelsBaseline", dependencies: ["CKernelShim"], swiftSettings: kernelSettings)

#if arch(x86_64)
  let kernelTargets: [Target] = [
    baselineKernels,
    .target(
      name: "KernelsAVX2", dependencies: ["CKernelShim"],
      swiftSettings: kernelSettings + [
        .define("KERNELS_AVX2"), .unsafeFlags(["-Xcc", "-mavx2", "-Xcc", "-mfma", "-Xcc", "-mf16c"]),
      ]),
    .target(
      name: "KernelsAVX512", dependencies: ["CKernelShim"],
      swiftSettings: kernelSettings + [
        .define("KERNELS_AVX512"), .unsafeFlags(["-Xcc", "-march=skylake-avx512"]),
      ]),
  ]
#else
  let kernelTargets = [baselineKernels]
#endif

/// The linking of libexplaincore.so, in release builds only: the flags break sanitizer builds.
///
/// It needs no Swift on the machine where it runs, shows only the header's functions, and stays loaded: threads that
/// end after a dlclose would run into code that is gone. lld, because gold lists local symbols among the dynamic ones.
let sharedLibrary: [LinkerSetting] = [
  .unsafeFlags(
    ["-static-stdlib", "-use-ld=lld"]
      + [
        "-soname=libexplaincore.so.1", "--version-script=\(Context.packageDirectory)/cmake/explaincore.map",
        "-Bsymbolic", "--gc-sections", "-z", "defs", "-z", "nodelete",
      ].flatMap { ["-Xlinker", $0] },
    .when(platforms: [.linux], configuration: .release))
]

let libraryTargets: [Target] =
  kernelTargets + [
    .target(name: "CKernelShim"),
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
      dependencies: ["COpenBLAS", "CPNG", "CTurboJPEG", "CGIF", "CWebP", "CEmbedded", "CKernelShim"]
        + kernelTargets.map { .byName(name: $0.name) },
      swiftSettings: lean),
    .systemLibrary(name: "CExplainCore", path: "include"),
    .target(name: "CExports", dependencies: ["CExplainCore", "ExplainCore"], swiftSettings: lean),
    .target(name: "explaincore-so", dependencies: ["CExports"], linkerSettings: sharedLibrary),
  ]

/// The command line.
///
/// libcurl's header is all that is needed here: `xpl fetch` loads the library when it runs.
let commandLineTargets: [Target] = [
  .systemLibrary(name: "CCurl", path: "Sources/CCurl"),
  .executableTarget(
    name: "xpl",
    dependencies: [
      "ExplainCore", "CCurl", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    swiftSettings: strict,
    // Runs where Swift is not installed. The parser needs FoundationEssentials, whose own parts are named here because
    // only modules compiled for static linking name them.
    linkerSettings: [
      .unsafeFlags(
        ["-static-stdlib", "-l_FoundationCollections", "-l_FoundationCShims", "-Xlinker", "--gc-sections"],
        .when(platforms: [.linux], configuration: .release))
    ]),
]

let package = Package(
  name: "ExplainCore",
  products: [
    .library(name: "ExplainCore", targets: ["ExplainCore"]),
    .library(name: "explaincore", type: .dynamic, targets: ["explaincore-so"]),
  ] + (libraryOnly ? [] : [.executable(name: "xpl", targets: ["xpl"])]),
  dependencies: libraryOnly
    ? []
    : [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")],
  targets: libraryTargets + (libraryOnly ? [] : commandLineTargets) + [
    .executableTarget(
      name: "xpl-benchmark", dependencies: ["ExplainCore"], path: "benchmarks/xpl-benchmark", swiftSettings: strict),
    .executableTarget(
      name: "scenes-benchmark", dependencies: ["ExplainCore"], path: "benchmarks/scenes-benchmark",
      swiftSettings: strict),
    .testTarget(
      name: "ExplainCoreTests", dependencies: ["CKernelShim", "ExplainCore"],
      exclude: ["Goldens"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
