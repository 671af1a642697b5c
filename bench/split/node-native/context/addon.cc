#include <napi.h>
#include <zlib.h>

static Napi::Value Sum(const Napi::CallbackInfo &info)
{
    std::string text = info[0].As<Napi::String>();
    uLong sum = crc32(0, reinterpret_cast<const Bytef *>(text.data()), static_cast<uInt>(text.size()));
    return Napi::Number::New(info.Env(), static_cast<double>(sum));
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
    exports.Set("sum", Napi::Function::New(env, Sum));
    return exports;
}

NODE_API_MODULE(digest, Init)
