#if DEBUG
    import CLinux
    import Glibc

    /// What a hostile file could make of a reader, on demand of the tests. Not in a release.
    enum Mishap {
        static func happen(hint: String) {
            switch hint {
            case "mishap-crash": raiseSegmentationFault()
            case "mishap-exit": _exit(3)
            case "mishap-time": while true {}
            case "mishap-memory": eat()
            case "mishap-flood": flood()
            case "mishap-babble": babble()
            default: break
            }
        }

        private static func raiseSegmentationFault() {
            UnsafeMutablePointer<UInt8>(bitPattern: 8)?.pointee = 1
        }

        /// As much as there is, and then more.
        private static func eat() {
            var kept: [UnsafeMutableRawPointer] = []
            while true {
                guard let more = malloc(1 << 20) else {
                    raiseSegmentationFault()
                    return
                }
                memset(more, 1, 1 << 20)
                kept.append(more)
            }
        }

        private static func flood() {
            let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
            while write(CInt(EVIDOCK_READER_ANSWER), bytes, bytes.count) > 0 {}
        }

        private static func babble() {
            let bytes = Array("{\"status\":\"sound\",\"status\":1}\n".utf8)
            _ = write(CInt(EVIDOCK_READER_ANSWER), bytes, bytes.count)
            _exit(0)
        }
    }
#endif
