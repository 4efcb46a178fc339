import ArgumentParser
import ExplainCore

/// Which model, and how pictures are prepared for it.
struct ModelOptions: ParsableArguments {
  @Option(help: "\(ModelRequest.builtIn.joined(separator: ", ")), or an ONNX file.")
  var model = "scenes"

  @Option(help: "A checkpoint for a VGG (.pth or .safetensors); where torch keeps its downloads if not given.")
  var weights: String?

  @Option(help: "A file with a line for each class; ImageNet's names for 1000 classes if not given.")
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "What the network expects: torch (RGB, 0 to 1, ImageNet's mean and deviation), caffe (BGR, 0 to 255, minus the "
        + "mean color), tf (RGB, -1 to 1), none (RGB, 0 to 255).",
      valueName: "convention"))
  var preprocess: ModelRequest.Convention?

  @Option(help: ArgumentHelp("Subtracted after scaling.", valueName: "r,g,b"), transform: NumberList.parse)
  var mean: [Float]?

  @Option(help: ArgumentHelp("Divides each channel.", valueName: "r,g,b"), transform: NumberList.parse)
  var std: [Float]?

  @Option(help: "What a byte is multiplied by, such as 0.00392157.")
  var scale: Float?

  @Flag(help: "Channel 0 is blue.")
  var bgr = false

  @Option(
    help: ArgumentHelp("Columns and rows of the network's input.", valueName: "n|wxh"), transform: PictureSize.parse)
  var size: PictureSize?

  @Option(help: "How a picture of another shape is fitted: the whole of it, or its center.")
  var resize: Preprocessing.Resize?

  @Flag(help: "Shrink pictures without averaging, as OpenCV does.")
  var noAntialias = false

  @Option(
    help: ArgumentHelp(
      "How the weights of fully connected layers are kept; in 16 bits they need half the memory and time.",
      valueName: "type"))
  var weightPrecision = WeightOptions.Precision.float32

  @Option(help: "What is kept in memory between passes; small transforms the weights of convolutions in each pass.")
  var memory = WeightOptions.Memory.fast

  /// The request that the options stand for.
  var request: ModelRequest {
    var request = ModelRequest(model)
    request.weights = weights
    request.labels = labels
    request.preprocessing = preprocess
    request.mean = mean
    request.deviation = std
    request.scale = scale
    request.isBGR = bgr ? true : nil
    request.size = size.map { ($0.width, $0.height) }
    request.resize = resize
    request.antialias = noAntialias ? false : nil
    request.weightOptions = WeightOptions(precision: weightPrecision, memory: memory)
    return request
  }
}

/// `N` for a square, or `WxH`.
struct PictureSize {
  let width: Int
  let height: Int

  static func parse(_ text: String) throws -> PictureSize {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard let width = sides[0], let height = sides.count == 2 ? sides[1] : width, sides.count <= 2 else {
      throw ValidationError("a number, or two as in 320x240, are needed")
    }
    return PictureSize(width: width, height: height)
  }
}

/// Numbers with commas between them.
enum NumberList {
  static func parse(_ text: String) throws -> [Float] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let number = Float($0) else { throw ValidationError("numbers with commas between them are needed") }
      return number
    }
  }
}

extension ModelRequest.Convention: ExpressibleByArgument {}
extension Preprocessing.Resize: ExpressibleByArgument {}
extension WeightOptions.Precision: ExpressibleByArgument {}
extension WeightOptions.Memory: ExpressibleByArgument {}
