#include "vault/access/weak_words.h"

#include <array>

namespace cardvault {

const char** weak_words() {
  static std::array<const char*, 224> words{
      "520",          "1314",       "5201314",     "1314520",    "woaini",
      "woaini1314",   "666",        "888",         "168",        "518",
      "7758521",      "7758258",    "123",         "321",        "qq",
      "5211314",      "584520",     "3344520",     "5845201314", "147258",
      "258369",       "147258369",  "159357",      "112233",     "123123",
      "521",          "886",        "999",         "520520",     "1314521",
      "woaiwojia",    "woaiwoziji", "woaibaobei",  "aini",       "wo",
      "ai",           "ni",         "mima",        "mima123",    "wodemima",
      "nihao",        "nihaoma",    "zaijian",     "laopo",      "laogong",
      "baobei",       "qinaide",    "baobao",      "mama",       "baba",
      "jiejie",       "gege",       "didi",        "meimei",     "wang",
      "li",           "zhang",      "liu",         "chen",       "yang",
      "huang",        "zhao",       "wu",          "zhou",       "xu",
      "sun",          "ma",         "zhu",         "hu",         "guo",
      "he",           "lin",        "gao",         "luo",        "zheng",
      "liang",        "xie",        "song",        "tang",       "han",
      "feng",         "deng",       "cao",         "peng",       "zeng",
      "xiao",         "tian",       "dong",        "pan",        "yuan",
      "cai",          "jiang",      "yu",          "du",         "ye",
      "cheng",        "wei",        "su",          "lv",         "ding",
      "ren",          "shen",       "yao",         "lu",         "zhong",
      "tan",          "jia",        "zou",         "xiong",      "meng",
      "qin",          "yan",        "xue",         "hou",        "xiaoming",
      "xiaohong",     "xiaohua",    "xiaoli",      "xiaolong",   "xiaoxiao",
      "lele",         "dandan",     "lili",        "ming",       "hong",
      "hua",          "jun",        "jie",         "lei",        "tao",
      "bin",          "bo",         "hao",         "yi",         "fei",
      "fang",         "na",         "min",         "jing",       "ying",
      "juan",         "xia",        "zhongguo",    "beijing",    "shanghai",
      "guangzhou",    "shenzhen",   "hangzhou",    "chongqing",  "chengdu",
      "woaizhongguo", "weixin",     "wechat",      "zhifubao",   "alipay",
      "taobao",       "tencent",    "tengxun",     "baidu",      "jingdong",
      "douyin",       "unionpay",   "yinlian",     "qianbao",    "yinhang",
      "yinhangka",    "zhanghao",   "qianbaomima", "facai",      "gongxifacai",
      "fuguijixiang", "pingan",     "xingfu",      "kuaile",     "shengrikuaile",
      "jiankang",     "fengshui",   "jixiang",     "hehe",       "haha",
      "heihei",       "tiantian",   "tianshi",     "shijie",     "pengyou",
      "tongxue",      "xuesheng",   "laoshi",      "qazwsx",     "1qazxsw2",
      "qweasd",       "qweasdzxc",  "asdzxc",      "zaqwsx",     "1q2w3e",
      "1q2w3e4r",     "a123456",    "abc123",      "admin123",   "aa123456",
      "qq123456",     "wallet",     "cardvault",   "payment",    "paypassword",
      "密码",         "我爱你",     "我的",        "钱包",       "银行",
      "支付",         "你好",       "中国",        "北京",       "上海",
      "一生一世",     "生日快乐",   "恭喜发财",    "平安",       "幸福",
      "老婆",         "老公",       "宝贝",        nullptr};
  return words.data();
}

}  // namespace cardvault
