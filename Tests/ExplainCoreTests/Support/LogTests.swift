import Synchronization
import Testing

@testable import ExplainCore

// The handler is the process's: messages of tests that run beside this one arrive as well.
@Suite(.serialized) struct LogTests {
  private final class Notes: Sendable {
    let lines = Mutex<[String]>([])
  }

  @Test func messagesArriveUntilTheHandlerGoes() {
    let notes = Notes()
    Log.setHandler { level, message in notes.lines.withLock { $0.append("\(level): \(message)") } }
    Log.write(.warning, "take care of test one")
    Log.setHandler(nil)
    Log.write(.error, "take care of test two")
    let lines = notes.lines.withLock { $0 }
    #expect(lines.contains("warning: take care of test one"))
    #expect(!lines.contains("error: take care of test two"))
  }

  @Test func aHandlerThatWritesIsNotCalledAgain() {
    let notes = Notes()
    Log.setHandler { _, message in
      notes.lines.withLock { $0.append(message) }
      Log.write(.info, "from within")
    }
    Log.write(.info, "from without")
    Log.setHandler(nil)
    let lines = notes.lines.withLock { $0 }
    #expect(lines.contains("from without") && !lines.contains("from within"))
  }
}
