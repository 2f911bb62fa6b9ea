/// The words of `show` and `log entry` for a Chinese reader; the machine's own where there is none.
enum ChineseLabels {
    static func key(_ key: String) -> String { keys[key] ?? key }

    /// A value that is one of our constant words.
    static func value(_ text: String, of key: String) -> String {
        switch key {
        case "event": events[text] ?? text
        case "status": statuses[text] ?? text
        case "source": sources[text] ?? text
        case "state": states[text] ?? text
        default: text
        }
    }

    private static let keys = [
        "item": "条目", "names": "文件名", "path": "路径", "pathBytes": "路径（原始字节）",
        "visit": "接入编号", "docked": "接入时间", "recorder": "记录仪", "id": "编号",
        "profile": "记录仪类型", "model": "型号", "make": "厂商", "serial": "序列号",
        "firmware": "固件", "officer": "人员编号", "claims": "记录仪标注", "device": "设备编号",
        "times": "时间", "named": "文件名所示", "container": "封装", "fileSystem": "文件系统",
        "zone": "时区", "clockOffset": "时钟偏差（秒）", "start": "开始", "end": "结束",
        "startFrom": "开始时间依据", "media": "音视频信息", "status": "状态", "problem": "问题",
        "duration": "时长（秒）", "bitRate": "码率（bit/s）", "streams": "音视频流", "type": "类型",
        "codec": "编码", "width": "宽", "height": "高", "frameRate": "帧率", "rotation": "旋转（度）",
        "sampleRate": "采样率", "channels": "声道", "language": "语言", "timecode": "时间码",
        "tags": "标签", "location": "位置", "lat": "纬度", "lon": "经度",
        "sha256": "哈希值（SHA-256）", "sm3": "哈希值（SM3）", "size": "大小", "role": "类别",
        "marks": "标记", "sidecars": "附属文件", "sidecarOf": "所属录像", "custody": "监管链",
        "leaf": "存证日志条目", "event": "事件", "time": "时间", "by": "操作者", "copies": "副本数",
        "findings": "核查发现", "quarantine": "待核查", "code": "代码", "reason": "原因",
        "subject": "对象", "message": "说明", "index": "序号", "rows": "附属记录", "kind": "种类",
        "entry": "原始内容", "modified": "修改时间", "blocks": "分块哈希值", "station": "站点", "record": "记录哈希值",
        "previous": "上一条序号", "source": "来源", "certificates": "公证书", "number": "编号",
        "office": "公证处", "issued": "出具日期", "document": "文件条目", "caseNumber": "案号",
        "attestations": "存证接口答复", "attestor": "存证接口", "state": "状态",
        "chainDigest": "链上哈希值", "cases": "案件", "proposed": "可能的案件", "why": "理由",
        "flags": "时间疑点", "track": "卫星定位轨迹", "count": "定位点数", "recording": "录像",
        "segment": "分段", "of": "共", "points": "分值", "confidence": "可信度", "duty": "任务",
        "reasons": "依据", "from": "自（秒）",
        "to": "至（秒）", "words": "说明", "attribution": "佩戴人更正条目", "lastVerified": "上次核验",
        "basis": "依据的检查点", "root": "根哈希", "v": "版本", "missingRows": "缺失的附属记录",
        "deleted": "删除存证条目", "erased": "清除附属记录的存证条目", "holds": "留存锁定", "hold": "留存锁定",
        "proposal": "删除建议",
        "approvals": "批准人", "rule": "保存规则", "until": "保存至",
    ]

    private static let statuses = [
        "sound": "完好", "damaged": "损坏", "encrypted": "加密", "unreadable": "无法读取",
        "not-media": "非音视频",
    ]

    private static let sources = ["notary": "公证处记录仪", "court": "法院记录仪"]

    /// How far an attestation is.
    private static let states = ["pending": "办理中", "failed": "未成功", "done": "已完成"]

    private static let events = [
        "docking": "接入", "ingestion": "采集", "description": "信息提取", "duplicate": "重复内容",
        "quarantine": "待核查", "refusal": "未采集", "undocking": "接入结束", "finding": "核查发现",
        "fixity-check": "完整性校验", "disclosure": "调出", "replication": "第二份副本",
        "settings-change": "设置变更", "hold": "留存锁定", "hold-release": "解除留存锁定",
        "assignment": "关联案件", "time-stamp": "可信时间戳", "certificate": "公证书",
        "clock-measurement": "时钟校核", "attribution": "佩戴人更正",
    ]
}
