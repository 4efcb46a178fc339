// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are the header's, which documents them.

import CExplainCore
import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@c @implementation
public func xpl_picture_read(
  _ path: UnsafePointer<CChar>?, _ outPicture: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  outPicture?.pointee = nil
  return exported {
    let out = try required(outPicture, "out_picture")
    out.pointee = PictureHandle(try Picture(contentsOf: text(path, "path"))).given()
  }
}

@c @implementation
public func xpl_picture_decode(
  _ bytes: UnsafeRawPointer?, _ size: Int, _ outPicture: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  outPicture?.pointee = nil
  return exported {
    let out = try required(outPicture, "out_picture")
    let file = try buffer(bytes, size, "bytes")
    out.pointee = PictureHandle(try Picture(decoding: file, name: "a picture in memory")).given()
  }
}

@c @implementation
public func xpl_picture_from_pixels(
  _ pixels: UnsafeRawPointer?, _ size: Int, _ width: Int32, _ height: Int32, _ stride: Int,
  _ format: xpl_pixel_format, _ outPicture: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  outPicture?.pointee = nil
  return exported {
    let out = try required(outPicture, "out_picture")
    let picture = try Picture(
      pixels: buffer(pixels, size, "pixels"), width: Int(width), height: Int(height),
      stride: stride == 0 ? nil : stride, format: Picture.PixelFormat(format, "format"))
    out.pointee = PictureHandle(picture).given()
  }
}

@c @implementation
public func xpl_picture_size(
  _ picture: OpaquePointer?, _ outWidth: UnsafeMutablePointer<Int32>?, _ outHeight: UnsafeMutablePointer<Int32>?
) -> xpl_status {
  outWidth?.pointee = 0
  outHeight?.pointee = 0
  return exported {
    let picture = try PictureHandle.borrowed(picture, "picture").picture
    outWidth?.pointee = try int32(picture.width, "the width")
    outHeight?.pointee = try int32(picture.height, "the height")
  }
}

@c @implementation
public func xpl_picture_copy_pixels(
  _ picture: OpaquePointer?, _ outRGB: UnsafeMutablePointer<UInt8>?, _ size: Int
) -> xpl_status {
  exported {
    let pixels = try PictureHandle.borrowed(picture, "picture").picture.pixels
    let out = try required(outRGB, "out_rgb")
    guard size == pixels.count else {
      throw invalid("size is \(UInt(bitPattern: size)): the picture has \(pixels.count) bytes")
    }
    out.update(from: pixels, count: size)
  }
}

@c @implementation
public func xpl_picture_encode_png(
  _ picture: OpaquePointer?, _ outBytes: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
  _ outSize: UnsafeMutablePointer<Int>?
) -> xpl_status {
  outBytes?.pointee = nil
  outSize?.pointee = 0
  return exported {
    let (out, size) = (try required(outBytes, "out_bytes"), try required(outSize, "out_size"))
    let file = try PictureHandle.borrowed(picture, "picture").picture.pngData()
    guard let memory = malloc(file.count) else {
      throw ExplainError(.outOfMemory, "out of memory for a PNG of \(file.count) bytes")
    }
    file.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: memory, count: file.count).copyMemory(from: $0) }
    (out.pointee, size.pointee) = (memory, file.count)
  }
}

@c @implementation
public func xpl_picture_save(_ picture: OpaquePointer?, _ path: UnsafePointer<CChar>?) -> xpl_status {
  exported {
    try WholeFile.save(PictureHandle.borrowed(picture, "picture").picture.pngData(), to: text(path, "path"))
  }
}

@c @implementation
public func xpl_picture_free(_ picture: OpaquePointer?) { PictureHandle.free(picture) }
