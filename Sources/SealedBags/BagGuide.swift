import Evidence

/// `VERIFY.txt`: how to check a bag with nothing of ours: sha256sum, openssl, certutil, and the
/// algorithms of RFC 9162 in a few lines of bash.
enum BagGuide {
    static func text(_ content: BagContent, items: [BagItem]) -> String {
        let example = items.first?.place ?? "data/…"
        let leaf = items.first?.name.leaf ?? content.leaves.first ?? 0
        var steps = [
            introduction, digests(example), events(leaf), proofs(content.leaves), signatures,
        ]
        if content.timeStamps != nil { steps.append(timeStamps) }
        steps.append(programs)
        steps.append(limits(content))
        return steps.joined(separator: "\n")
    }

    private static let introduction = """
        封存证据包核验方法                          HOW TO VERIFY THIS SEALED EVIDENCE PACKAGE

        以下命令在本文件夹内执行。Linux 上用 bash；只需 sha256sum 与 openssl（1.1.1 或更高版本）。
        Run the commands in this folder, with bash; sha256sum and openssl (1.1.1 or later) are enough.

        信任策略文件 policy 与时间戳根证书 tsa-ca.pem 请向公证机构索取。
        本包 trust/ 内的副本仅供参考，不能作为核验依据。
        Have the files "policy" (whose keys to trust) and "tsa-ca.pem" (the time-stamp authority's
        root) from the notary. What lies in trust/ is a copy for convenience: do not trust it.

        """

    private static func digests(_ example: String) -> String {
        """
        1. 哈希值（校验值） DIGESTS

            sha256sum -c --quiet manifest-sha256.txt && echo footage: OK
            sha256sum -c --quiet tagmanifest-sha256.txt && echo papers: OK
            cat manifest-sm3.txt tagmanifest-sm3.txt | while read -r sum file; do
              [ "$(openssl dgst -sm3 -r "$file" | cut -c1-64)" = "$sum" ] || echo "SM3 FAILED: $file"
            done

        Windows（与 manifest-sha256.txt 逐一比对 compare with manifest-sha256.txt）:

            certutil -hashfile \(example.split(separator: "/").joined(separator: "\\")) SHA256

        """
    }

    private static func events(_ leaf: Int64) -> String {
        """
        2. 存证日志条目 LOG ENTRIES

        custody/N.entry 是存证日志第 N 条的原始字节，载明文件的 SHA-256、SM3 与大小；
        其 "record" 是 custody/N.record 的 SHA-256；后者列出 custody/rows/ 中各行的 SHA-256。
        未随包提供的行不影响核验。
        custody/N.entry holds the exact bytes of entry N: SHA-256, SM3 and size of the file. Its
        "record" is the SHA-256 of custody/N.record, which lists the SHA-256 of the rows in
        custody/rows/. Rows that are not the receiver's business are left out.

            cat custody/\(leaf).entry; echo; sha256sum custody/\(leaf).record
            for f in custody/rows/*; do
              [ "$(sha256sum < "$f" | cut -c1-64)" = "${f##*/}" ] || echo "ROW FAILED: $f"
            done

        """
    }

    private static func proofs(_ leaves: [Int64]) -> String {
        let first = leaves.first.map(String.init) ?? ""
        return """
            3. 条目在日志中 THE ENTRIES ARE IN THE LOG (C2SP tlog-proof, RFC 9162 2.1.3.2)

                hex() { openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n'; }
                node() { printf "$(printf '01%s%s' "$1" "$2" | sed 's/../\\\\x&/g')" | sha256sum | cut -c1-64; }
                included() {
                  fn=$1; sn=$(($(sed -n 2p custody/checkpoint) - 1))
                  r=$({ printf '\\0'; cat "custody/$1.entry"; } | sha256sum | cut -c1-64)
                  for p in $(sed -e '1,/^index /d' -e '/^$/,$d' "custody/$1.tlog-proof"); do
                    p=$(printf %s "$p" | hex)
                    if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
                      r=$(node "$p" "$r")
                      while [ $((fn & 1)) = 0 ] && [ "$fn" != 0 ]; do fn=$((fn >> 1)); sn=$((sn >> 1)); done
                    else
                      r=$(node "$r" "$p")
                    fi
                    fn=$((fn >> 1)); sn=$((sn >> 1))
                  done
                  [ "$sn" = 0 ] && [ "$r" = "$(sed -n 3p custody/checkpoint | hex)" ] &&
                    echo "entry $1: in the log" || echo "entry $1: FAILED"
                }
                included \(first)
                for f in custody/*.entry; do f=${f##*/}; included "${f%.entry}"; done

            """
    }

    private static let signatures = """
        4. 法院签名与公证联署 THE COURT'S SIGNATURE, THE NOTARY'S COSIGNATURE (C2SP signed-note,
           tlog-cosignature)

        KEY 是公证机构提供的 policy 中以 log 或 witness 开头的行里的公钥（名称+8 位十六进制+base64）。
        KEY is a key of the notary's "policy": the word with two "+" on a line that begins with log
        or witness. Names of witnesses: sed -n '/^—/p' custody/checkpoint

            signed() {
              name=${1%%+*}; key=${1#*+}; key=${key#*+}; t=$(mktemp -d)
              { printf '\\x30\\x2a\\x30\\x05\\x06\\x03\\x2b\\x65\\x70\\x03\\x21\\x00'
                printf %s "$key" | openssl base64 -d -A | tail -c 32; } > "$t/key"
              grep -F -- "— $name " "${2:-custody/checkpoint}" | tail -n 1 | cut -d' ' -f3 |
                openssl base64 -d -A > "$t/line"
              tail -c 64 "$t/line" > "$t/signature"
              sed '/^$/,$d' "${2:-custody/checkpoint}" > "$t/text"
              if [ "$(printf %s "$key" | openssl base64 -d -A | od -An -tu1 -N1 | tr -d ' ')" = 4 ]; then
                time=$(od -An -v -tx1 -j4 -N8 "$t/line" | tr -d ' \\n')
                printf 'cosignature/v1\\ntime %d\\n' "0x$time" | cat - "$t/text" > "$t/message"
                date -u -d "@$((0x$time))" '+cosigned at %F %T UTC'
              else
                cp "$t/text" "$t/message"
              fi
              openssl pkeyutl -verify -pubin -keyform DER -inkey "$t/key" -rawin \\
                -in "$t/message" -sigfile "$t/signature"
              rm -r "$t"
            }
            signed KEY

        """

    private static let timeStamps = """
        5. 可信时间戳 TIME STAMPS (RFC 3161)

            openssl ts -verify -in time/sha256.tsr -data time/checkpoint -CAfile tsa-ca.pem
            openssl ts -reply -in time/sha256.tsr -text | grep 'Time stamp'

        SM3 时间戳同理：time/sm3.tsr。机构证书到期后加 -attime（到期前的 POSIX 秒数）。
        The same for time/sm3.tsr. After the authority's certificate has ended: -attime SECONDS.
        如有 trust/tsa-crl.pem（机构当时的吊销列表），可将其接在 tsa-ca.pem 之后并加 -crl_check。
        Where there is trust/tsa-crl.pem (what the authority had revoked by then), put it behind
        tsa-ca.pem in one file, and add -crl_check.

        时间戳对应的检查点是本包检查点的前身 The stamped checkpoint is an ancestor of the package's
        (RFC 9162 2.1.4.2; uses hex and node of step 3):

            extends() {
              old=$(sed -n 2p time/checkpoint); new=$(sed -n 2p custody/checkpoint)
              first=$(sed -n 3p time/checkpoint | hex); last=$(sed -n 3p custody/checkpoint | hex)
              if [ "$old" = "$new" ]; then [ "$first" = "$last" ] && echo extends || echo FAILED; return; fi
              set -- $(cat time/consistency)
              fn=$((old - 1)); sn=$((new - 1))
              while [ $((fn & 1)) = 1 ]; do fn=$((fn >> 1)); sn=$((sn >> 1)); done
              if [ $((old & (old - 1))) = 0 ]; then fr=$first; else fr=$(printf %s "$1" | hex); shift; fi
              sr=$fr
              for c in "$@"; do
                c=$(printf %s "$c" | hex)
                if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
                  fr=$(node "$c" "$fr"); sr=$(node "$c" "$sr")
                  while [ $((fn & 1)) = 0 ] && [ "$fn" != 0 ]; do fn=$((fn >> 1)); sn=$((sn >> 1)); done
                else
                  sr=$(node "$sr" "$c")
                fi
                fn=$((fn >> 1)); sn=$((sn >> 1))
              done
              [ "$sn" = 0 ] && [ "$fr" = "$first" ] && [ "$sr" = "$last" ] && echo extends || echo FAILED
            }
            extends

        """

    private static let programs = """
        一次完成全部核验 ALL AT ONCE

            evidock verify . --policy policy --tsa-ca tsa-ca.pem
            bagit.py --validate .          （BagIt, RFC 8493）

        """

    private static func limits(_ content: BagContent) -> String {
        var text = """
            未能证明的事项 WHAT IS NOT PROVEN

            - 接入采集前在记录仪上的改动、未录制的内容、记录仪时钟的准确性。
              Changes on the recorder before it was docked; what was never recorded; the recorder's clock.
            - certificate.html 与各表格仅供阅读，以 custody/ 中的原始字节为准。
              The page and the tables are for reading; the exact bytes in custody/ are what counts.

            """
        if !content.isCosigned {
            text += """
                - 公证机构尚未联署：可日后用 evidock export --supplement 补充证明。
                  Not yet cosigned by the notary: proofs can be added by evidock export --supplement.

                """
        }
        if content.timeStamps == nil {
            text += "- 尚无可信时间戳。 Not yet time-stamped.\n"
        }
        return text
    }
}
