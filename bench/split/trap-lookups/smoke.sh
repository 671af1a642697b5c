look
